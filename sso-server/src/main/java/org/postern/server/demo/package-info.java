/** The demo (contract, section 12): its accounts, and a mail server with some mail. */
@NullMarked
package org.postern.server.demo;

import org.jspecify.annotations.NullMarked;
