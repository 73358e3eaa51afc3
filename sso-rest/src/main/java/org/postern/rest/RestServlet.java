package org.postern.rest;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;
import org.jspecify.annotations.Nullable;
import org.postern.core.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands requests to the resources, all under one base whatever their servlet mapping. The request's URI is made from its
 * path alone: no {@code Host} header reaches an answer, and the query is read by {@link Query}. Thread-safe.
 */
final class RestServlet extends ServletContainer {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(RestServlet.class);
    /** The property of a request whose answer had begun when it could not go on. */
    static final String BROKEN = RestServlet.class.getName() + ".broken";

    private static final String ORIGIN = "http://localhost";

    private final transient Settings.Http settings;

    RestServlet(ResourceConfig config, Settings.Http settings) {
        super(config);
        this.settings = settings;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Answers.protect(response);
        Caller caller = Caller.of(request, settings);
        request.setAttribute(Caller.PROPERTY, caller);
        URI base;
        URI uri;
        try {
            base = new URI(ORIGIN + caller.contextPath() + "/");
            uri = new URI(ORIGIN + request.getRequestURI());
        } catch (URISyntaxException noUri) {
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            response.setContentLength(0);
            return;
        }
        boolean oma = uri.getRawPath().startsWith(caller.contextPath() + "/api/");
        try {
            service(base, uri, new Request(request, oma), new Response(request, response));
            if (request.getAttribute(BROKEN) != null) {
                throw new ServletException("the answer broke off");
            }
        } catch (ServletException | RuntimeException unmapped) {
            if (response.isCommitted()) {
                throw unmapped;
            }
            LOG.error("a request failed", unmapped);
            response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            response.setContentLength(0);
        }
    }

    /** Bounds the body; of an OMA call it hides what the client says of its body, which is often wrong. */
    private static final class Request extends HttpServletRequestWrapper {
        private final boolean oma;
        private @Nullable Body body;

        Request(HttpServletRequest request, boolean oma) {
            super(request);
            this.oma = oma;
        }

        private boolean hides(String name) {
            return oma
                    && (name.equalsIgnoreCase("Content-Type")
                            || name.equalsIgnoreCase("Content-Encoding")
                            || name.equalsIgnoreCase("Accept"));
        }

        /** Not the container's: some throw where the charset is none. */
        @Override
        public @Nullable String getContentType() {
            return getHeader("Content-Type");
        }

        @Override
        public @Nullable String getCharacterEncoding() {
            return null;
        }

        @Override
        public @Nullable String getHeader(String name) {
            return hides(name) ? null : super.getHeader(name);
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return hides(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
        }

        @Override
        public Enumeration<String> getHeaderNames() {
            List<String> names = Collections.list(super.getHeaderNames());
            names.removeIf(this::hides);
            return Collections.enumeration(names);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (body == null) {
                body = new Body(super.getInputStream());
            }
            return body;
        }
    }

    /** Leaves an answer open that broke off, so that the container cuts the connection and nobody takes it for whole. */
    private static final class Response extends HttpServletResponseWrapper {
        private final HttpServletRequest request;

        Response(HttpServletRequest request, HttpServletResponse response) {
            super(response);
            this.request = request;
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            return new Output(request, super.getOutputStream());
        }
    }

    private static final class Output extends ServletOutputStream {
        private final HttpServletRequest request;
        private final ServletOutputStream out;

        Output(HttpServletRequest request, ServletOutputStream out) {
            this.request = request;
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            if (request.getAttribute(BROKEN) == null) {
                out.close();
            }
        }

        @Override
        public boolean isReady() {
            return out.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            out.setWriteListener(listener);
        }
    }
}
