/** The webmail's pages, without a script: {@link org.postern.sample.webmail.Webmail}. */
@NullMarked
package org.postern.sample.webmail;

import org.jspecify.annotations.NullMarked;
