package org.postern.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Function;
import org.postern.core.Approver;
import org.postern.core.MailboxAddress;
import org.postern.core.SessionLocale;
import org.postern.core.SessionType;
import org.postern.core.UnavailableException;

/** The row that a result stands at, its columns as the domain's types. */
record Row(ResultSet result) {
    /** What a row becomes. */
    interface Reader<T> {
        T read(Row row) throws SQLException;
    }

    String text(String column) throws SQLException {
        return result.getString(column);
    }

    Optional<String> textIfAny(String column) throws SQLException {
        return Optional.ofNullable(result.getString(column));
    }

    UUID id(String column) throws SQLException {
        return result.getObject(column, UUID.class);
    }

    Optional<UUID> idIfAny(String column) throws SQLException {
        return Optional.ofNullable(id(column));
    }

    /** Empty where there are none. */
    Bytes bytes(String column) throws SQLException {
        return Bytes.of(result.getBytes(column));
    }

    long longNumber(String column) throws SQLException {
        return result.getLong(column);
    }

    Instant time(String column) throws SQLException {
        return result.getObject(column, OffsetDateTime.class).toInstant();
    }

    Optional<Instant> timeIfAny(String column) throws SQLException {
        return Optional.ofNullable(result.getObject(column, OffsetDateTime.class))
                .map(OffsetDateTime::toInstant);
    }

    int number(String column) throws SQLException {
        return result.getInt(column);
    }

    OptionalInt numberIfAny(String column) throws SQLException {
        int number = result.getInt(column);
        return result.wasNull() ? OptionalInt.empty() : OptionalInt.of(number);
    }

    boolean flag(String column) throws SQLException {
        return result.getBoolean(column);
    }

    MailboxAddress address(String column) throws SQLException {
        return parsed(MailboxAddress::parse, text(column));
    }

    Optional<MailboxAddress> addressIfAny(String column) throws SQLException {
        return textIfAny(column).map(a -> parsed(MailboxAddress::parse, a));
    }

    SessionType sessionType() throws SQLException {
        return parsed(SessionType::parse, text("session_type"));
    }

    Approver approver() throws SQLException {
        return parsed(Approver::parse, text("approval"));
    }

    Optional<SessionLocale> locale() throws SQLException {
        return textIfAny("locale").map(l -> parsed(SessionLocale::parse, l));
    }

    /** A value that this program wrote; where somebody else wrote another, the row cannot be trusted. */
    static <T> T parsed(Function<String, Optional<T>> parser, String text) {
        return parser.apply(text)
                .orElseThrow(
                        () -> new UnavailableException("a row of the database holds what is no value of its column"));
    }
}
