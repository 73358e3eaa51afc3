package com.example.webmail;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The login form of those who leave the passwords to the container; as a second step it lets others log in. */
public final class ContainerLogin extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Webmail.form(request, response, "");
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        if (request.getParameter("somebody-else") != null) {
            request.logout();
        }
        try {
            request.login(request.getParameter("user"), request.getParameter("password"));
        } catch (ServletException refused) {
            Webmail.form(request, response, "Wrong address or password.");
            return;
        }
        request.getSession().setAttribute("user", request.getRemoteUser());
        Webmail.redirect(request, response, "/inbox");
    }
}
