package org.postern.sample.webmail;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the container shows for every error that nothing else answered: a friendly page, nothing of what was sent. */
@SuppressWarnings("serial") // no servlet is ever serialized
public final class ErrorPage extends HttpServlet {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorPage.class);

    private final Templates templates;

    public ErrorPage(Templates templates) {
        this.templates = templates;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean called = request.getDispatcherType() != DispatcherType.ERROR;
        int status = !called && request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
                ? code
                : HttpServletResponse.SC_NOT_FOUND;
        if (!called
                && status >= HttpServletResponse.SC_INTERNAL_SERVER_ERROR
                && request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof Throwable fault) {
            LOG.error("A request failed", fault);
        }
        new Exchange(request, response, Optional.empty(), templates).problem(status);
    }
}
