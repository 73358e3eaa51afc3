/** What an operator does by hand: {@link org.postern.sample.command.Commands} (contract, section 10). */
@NullMarked
package org.postern.sample.command;

import org.jspecify.annotations.NullMarked;
