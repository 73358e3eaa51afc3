package org.postern.filter;

/**
 * What a raw query string says that a request is. Only the literal spellings count, each a parameter of its own, with
 * {@code &} as the only separator: an encoded spelling is no login here, whatever a parser makes of it later. The choice
 * of the interface, which only this filter's own links make, stands at the start. Allocates nothing.
 */
enum LoginQuery {
    LOGIN,
    LOGOUT,
    INTERFACE,
    OTHER;

    private static final String TASK = "_task=";
    private static final String LOG_TASK = "_task=log";
    private static final String LOGIN_TASK = "_task=login";
    private static final String LOGIN_ACTION = "_action=login";
    private static final String LOGOUT_TASK = "_task=logout";
    private static final String INTERFACE_PARAMETER = "_interface=";

    static LoginQuery of(String query) {
        // Nearly every query leaves here, by a search that the JVM does in a few instructions.
        return query.indexOf(LOG_TASK) >= 0 ? read(query) : query.startsWith(INTERFACE_PARAMETER) ? INTERFACE : OTHER;
    }

    private static LoginQuery read(String query) {
        boolean task = false;
        boolean action = false;
        boolean logout = false;
        for (int i = 0; i >= 0; i = next(query, i)) {
            if (i < query.length() && query.charAt(i) == '_') {
                if (query.startsWith(TASK, i)) {
                    task |= is(LOGIN_TASK, query, i);
                    logout |= is(LOGOUT_TASK, query, i);
                } else {
                    action |= is(LOGIN_ACTION, query, i);
                }
            }
        }
        return task && action ? LOGIN : logout ? LOGOUT : OTHER;
    }

    /** Whether the query has both a user and a secret: what makes an alias a login. */
    static boolean hasCredentials(String query) {
        boolean user = false;
        boolean pass = false;
        for (int i = 0; i >= 0; i = next(query, i)) {
            user |= query.startsWith("user=", i) || query.startsWith("_user=", i);
            pass |= query.startsWith("pass=", i) || query.startsWith("_pass=", i);
        }
        return user && pass;
    }

    private static int next(String query, int i) {
        int separator = query.indexOf('&', i);
        return separator < 0 ? -1 : separator + 1;
    }

    private static boolean is(String parameter, String query, int i) {
        int end = i + parameter.length();
        return query.startsWith(parameter, i) && (end == query.length() || query.charAt(end) == '&');
    }
}
