package org.postern.rest;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Lets {@code /api//method} be {@code /api/method}: OMA clients join a base that ends in a slash with a path that begins
 * with one (contract, section 5). It stands before the filter that takes a doubled slash for a trick, and repairs
 * nothing else.
 */
final class OneSlash extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String DOUBLED = "/api//";

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String prefix = request.getContextPath() + DOUBLED;
        String path = request.getRequestURI();
        chain.doFilter(path.startsWith(prefix) ? new Repaired(request, prefix, path) : request, response);
    }

    private static final class Repaired extends HttpServletRequestWrapper {
        private final String path;

        Repaired(HttpServletRequest request, String prefix, String path) {
            super(request);
            this.path = prefix.substring(0, prefix.length() - 1) + path.substring(prefix.length());
        }

        @Override
        public String getRequestURI() {
            return path;
        }
    }
}
