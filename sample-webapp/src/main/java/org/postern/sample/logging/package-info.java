/** How the program logs where nobody says otherwise. */
@NullMarked
package org.postern.sample.logging;

import org.jspecify.annotations.NullMarked;
