/**
 * The whole product in one file: {@link org.postern.sample.Launcher} starts it by itself, {@link
 * org.postern.sample.Application} puts it together, there and in a servlet container.
 */
@NullMarked
package org.postern.sample;

import org.jspecify.annotations.NullMarked;
