/** What an operator does by hand: {@link org.postern.server.command.Commands} (contract, section 10). */
@NullMarked
package org.postern.server.command;

import org.jspecify.annotations.NullMarked;
