/** What a backend provides: {@link org.postern.core.spi.TokenStore} and {@link org.postern.core.spi.MailDirectory}. */
@NullMarked
package org.postern.core.spi;

import org.jspecify.annotations.NullMarked;
