package org.postern.rest;

import jakarta.servlet.GenericServlet;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A servlet that is made by its first request, or when it is told to begin, also where the container starts every servlet
 * that it is handed: no login waits for what only the API needs. Thread-safe.
 */
final class OnDemand extends GenericServlet {
    private static final long serialVersionUID = 1L;

    private final transient Supplier<Servlet> maker;
    private final transient Runnable atEnd;
    private transient volatile @Nullable Servlet made;

    OnDemand(Supplier<Servlet> maker) {
        this(maker, () -> {});
    }

    /** @param atEnd what is to be done at the end, also where no request came; for that it is to be loaded at the start */
    OnDemand(Supplier<Servlet> maker, Runnable atEnd) {
        this.maker = maker;
        this.atEnd = atEnd;
    }

    @Override
    public void service(ServletRequest request, ServletResponse response) throws ServletException, IOException {
        Servlet servlet = made;
        (servlet == null ? make() : servlet).service(request, response);
    }

    /** Makes it before its first request, if the container has started this one. */
    void begin() {
        try {
            if (getServletConfig() != null) {
                make();
            }
        } catch (ServletException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private synchronized Servlet make() throws ServletException {
        Servlet servlet = made;
        if (servlet == null) {
            servlet = maker.get();
            servlet.init(getServletConfig());
            made = servlet;
        }
        return servlet;
    }

    @Override
    public synchronized void destroy() {
        if (made != null) {
            made.destroy();
            made = null;
        }
        atEnd.run();
    }
}
