package org.postern.server;

import jakarta.servlet.ServletContextListener;
import java.util.function.Supplier;

/**
 * The web application that the program runs. The program finds it by {@link java.util.ServiceLoader}, so that it needs to
 * know none.
 */
public interface WebApplication {
    /**
     * What puts the application together when its context starts.
     *
     * @param service opened while the server starts, so not to be asked for before; who starts the context closes it,
     *     with the context
     */
    ServletContextListener over(Supplier<IssuingService> service);

    /** Where errors are dispatched to, within the application: what {@code web.xml} tells a servlet container. */
    String errorPath();
}
