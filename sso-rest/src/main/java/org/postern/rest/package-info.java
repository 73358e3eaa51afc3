/** The product over HTTP (contract, sections 4, 5, 6 and 10): {@link org.postern.rest.PosternRest} puts it together. */
@NullMarked
package org.postern.rest;

import org.jspecify.annotations.NullMarked;
