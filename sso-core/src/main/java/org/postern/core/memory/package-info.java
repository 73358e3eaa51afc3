/** The reference backend, in memory: for tests and for reading. It keeps nothing over a restart. */
@NullMarked
package org.postern.core.memory;

import org.jspecify.annotations.NullMarked;
