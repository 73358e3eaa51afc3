package org.postern.store;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.postern.core.UnavailableException;

/**
 * What an exception of the database becomes: always an {@link UnavailableException}, whose message holds no value. The
 * exception itself goes along only where its own text cannot hold a row's values.
 */
final class Faults {
    /** The SQLSTATE of a transaction that did not get on with others and is to be tried again. */
    static final String COLLISION = "40001";

    private static final int H2_DATABASE_IN_USE = 90020;
    private static final int H2_FILE_DAMAGED = 90030;
    private static final int H2_GENERAL_ERROR = 50_000;
    private static final int H2_ROW_CHANGED = 90131;
    private static final Set<Integer> H2_DATABASE_CLOSED = Set.of(90098, 90121, 90067, 90007);

    private Faults() {}

    static UnavailableException of(SQLException e) {
        if (e instanceof SQLTransientConnectionException && e.getSQLState() == null && e.getCause() == null) {
            return new UnavailableException("no database connection became free in time", e);
        }
        String state = state(e);
        String message = message(e, state);
        return mayHoldValues(state)
                ? new UnavailableException(message + " (SQLSTATE " + state + ")")
                : new UnavailableException(message + (state.isEmpty() ? "" : " (SQLSTATE " + state + ")"), e);
    }

    private static String message(SQLException e, String state) {
        if (e.getErrorCode() == H2_DATABASE_IN_USE) {
            return "the database file in the data folder is in use by another process";
        }
        if (e.getErrorCode() == H2_FILE_DAMAGED) {
            return "the database file in the data folder is damaged; restore the backup";
        }
        if (isClosedDatabase(e)) {
            return "the database was closed by a fault, and is opened again" + fileTrouble(e);
        }
        return e.getErrorCode() == H2_GENERAL_ERROR ? "the database failed" + fileTrouble(e) : message(state);
    }

    /** What the operating system said of H2's file, such as that no space is left. */
    private static String fileTrouble(SQLException e) {
        for (Throwable cause : chain(e)) {
            if (cause instanceof IOException && cause.getMessage() != null) {
                return ": " + cause.getMessage();
            }
        }
        return "";
    }

    private static String message(String state) {
        return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "08" -> "the database cannot be reached";
            case "28" -> "the database refuses the user or the password";
            case "3D" -> "the database does not exist";
            case "53" -> "the database has no room for more connections or data";
            case "57" ->
                state.equals("57014")
                        ? "the database did not answer in time"
                        : "the database is being shut down or closed the connection";
            case "42" ->
                state.equals("42501") ? "the database user lacks a right that is needed" : "the database failed";
            case "55", "HY" -> "the database did not answer in time";
            default -> "the database failed";
        };
    }

    /** Whether the transaction was rolled back because of others, and the same once more may well succeed. */
    static boolean isCollision(SQLException e) {
        String state = state(e);
        return state.equals(COLLISION) || state.equals("40P01") || e.getErrorCode() == H2_ROW_CHANGED;
    }

    /** Whether H2 has closed the database, as it does on a full disk: only a new connection opens it again. */
    static boolean isClosedDatabase(SQLException e) {
        return H2_DATABASE_CLOSED.contains(e.getErrorCode());
    }

    static boolean isTwin(SQLException e) {
        return state(e).equals("23505");
    }

    /** The first SQLSTATE in the chain: the pool wraps what the driver said. */
    private static String state(SQLException e) {
        for (Throwable cause : chain(e)) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return "";
    }

    /** An exception and its causes, those at the top of a chain that may run in a circle. */
    private static List<Throwable> chain(SQLException e) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable t = e; t != null && chain.size() < 8; t = t.getCause()) {
            chain.add(t);
        }
        return chain;
    }

    /** Data exceptions and violated constraints quote the data, and H2 quotes the statement. */
    private static boolean mayHoldValues(String state) {
        return state.startsWith("22") || state.startsWith("23") || state.startsWith("42");
    }
}
