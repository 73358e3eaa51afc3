/** The webmail's pages: {@link org.postern.sample.webmail.Webmail}. */
@NullMarked
package org.postern.sample.webmail;

import org.jspecify.annotations.NullMarked;
