/** What the product does. {@link org.postern.core.service.Postern} puts it together. */
@NullMarked
package org.postern.core.service;

import org.jspecify.annotations.NullMarked;
