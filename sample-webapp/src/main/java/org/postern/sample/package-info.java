/** The whole product in one file: {@link org.postern.sample.Application} puts it together. */
@NullMarked
package org.postern.sample;

import org.jspecify.annotations.NullMarked;
