/** The settings, read and checked once: {@link org.postern.core.settings.Settings}. */
@NullMarked
package org.postern.core.settings;

import org.jspecify.annotations.NullMarked;
