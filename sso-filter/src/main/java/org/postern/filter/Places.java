package org.postern.filter;

import java.util.Optional;
import org.postern.core.settings.Brand;
import org.postern.core.settings.Settings;

/** Where a browser goes on: always a path below the context path, or a URL that was checked. */
record Places(Settings.Login settings, String contextPath) {
    String login() {
        return contextPath + settings.path();
    }

    /** Where a session begins. */
    String start(WebmailSession session) {
        return contextPath + (session.type().opensMailbox() ? settings.webmailPath() : settings.adminPath());
    }

    /** The one rule for where logout leads: the session's target, else the brand's, else the login page. */
    String afterLogout(Optional<String> target, Brand brand) {
        return target.or(brand::logoutRedirect).orElse(contextPath + settings.loginPage());
    }
}
