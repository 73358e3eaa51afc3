package org.postern.container;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;

/** What an application registers while it starts: filters, servlets, listeners, parameters. */
@FunctionalInterface
interface Application {
    void configure(ServletContext context) throws ServletException;
}
