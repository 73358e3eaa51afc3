/** The values of the domain: addresses, session types, tokens, sessions, audit events. Start at {@link org.postern.core.LoginToken}. */
@NullMarked
package org.postern.core;

import org.jspecify.annotations.NullMarked;
