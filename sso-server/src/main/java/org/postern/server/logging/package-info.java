/** How the program logs where nobody says otherwise. */
@NullMarked
package org.postern.server.logging;

import org.jspecify.annotations.NullMarked;
