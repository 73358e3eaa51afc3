package org.postern.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;

/** One row to be written: a table, its columns, and what is bound to them in this order. */
record Insert(String table, String columns, Command.Binding binding) {
    /** A statement of its own. */
    Command command() {
        return new Command(head() + " values (" + marks() + ")", binding);
    }

    /** The same row, written once for each row of another query. */
    String forEachOf(String query) {
        return head() + " select " + marks() + " from " + query;
    }

    private String head() {
        return "insert into " + table + " (" + columns + ")";
    }

    private String marks() {
        int count = 1 + (int) columns.chars().filter(c -> c == ',').count();
        return String.join(", ", Collections.nCopies(count, "?"));
    }

    /** Writes rows of one table together. */
    static void all(Connection connection, List<Insert> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement =
                connection.prepareStatement(rows.get(0).command().sql())) {
            for (Insert row : rows) {
                row.binding.bind(new Parameters(statement));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
