/**
 * The servlet filter that a webmail embeds, and its session (contract, sections 7 and 8). Entry point: {@link
 * org.postern.filter.SsoFilter}; what a host may ask beyond the Servlet API: {@link
 * org.postern.filter.WebmailSession} and {@link org.postern.filter.HostLogin}.
 */
@NullMarked
package org.postern.filter;

import org.jspecify.annotations.NullMarked;
