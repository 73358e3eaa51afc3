package org.postern.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.postern.core.TokenDigest;

/**
 * The parameters of one statement, bound from left to right. Text becomes storable here, and times get the database's
 * precision, so that a statement cannot forget it.
 */
final class Parameters {
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("+10000-01-01T00:00:00Z");

    private final PreparedStatement statement;
    private int last;

    Parameters(PreparedStatement statement) {
        this.statement = statement;
    }

    /** A time as the database keeps it: in microseconds, and in the years that every database knows. */
    static Instant stored(Instant time) {
        return time.isBefore(FIRST) ? FIRST : time.isAfter(LAST) ? LAST : time.truncatedTo(ChronoUnit.MICROS);
    }

    Parameters text(String text) throws SQLException {
        statement.setString(++last, StorableText.of(text));
        return this;
    }

    /** The text of a value that has one, such as an address. */
    Parameters name(Object value) throws SQLException {
        return text(value.toString());
    }

    Parameters name(Optional<?> value) throws SQLException {
        if (value.isPresent()) {
            return name(value.get());
        }
        statement.setNull(++last, Types.VARCHAR);
        return this;
    }

    Parameters id(UUID id) throws SQLException {
        statement.setObject(++last, id);
        return this;
    }

    Parameters id(Optional<UUID> id) throws SQLException {
        if (id.isPresent()) {
            return id(id.get());
        }
        statement.setNull(++last, Types.OTHER);
        return this;
    }

    Parameters time(Instant time) throws SQLException {
        statement.setObject(++last, stored(time).atOffset(ZoneOffset.UTC));
        return this;
    }

    Parameters time(Optional<Instant> time) throws SQLException {
        if (time.isPresent()) {
            return time(time.get());
        }
        statement.setNull(++last, Types.TIMESTAMP_WITH_TIMEZONE);
        return this;
    }

    Parameters bytes(byte[] bytes) throws SQLException {
        statement.setBytes(++last, bytes);
        return this;
    }

    Parameters bytes(Bytes bytes) throws SQLException {
        return bytes(bytes.toArray());
    }

    Parameters digests(Collection<TokenDigest> digests) throws SQLException {
        for (TokenDigest digest : digests) {
            bytes(digest.bytes());
        }
        return this;
    }

    Parameters number(int number) throws SQLException {
        statement.setInt(++last, number);
        return this;
    }

    Parameters number(long number) throws SQLException {
        statement.setLong(++last, number);
        return this;
    }

    Parameters flag(boolean flag) throws SQLException {
        statement.setBoolean(++last, flag);
        return this;
    }

    /** One array of texts, for {@code = any (?)}. */
    Parameters names(Collection<?> values) throws SQLException {
        return array("varchar", values.stream().map(Object::toString).toArray());
    }

    Parameters ids(Collection<UUID> ids) throws SQLException {
        return array("uuid", ids.toArray());
    }

    /** For a database that has time zones in arrays, and reads them as text. */
    Parameters times(Collection<Instant> times) throws SQLException {
        return array(
                "timestamptz", times.stream().map(t -> stored(t).toString()).toArray());
    }

    private Parameters array(String type, Object[] elements) throws SQLException {
        Connection connection = statement.getConnection();
        statement.setArray(++last, connection.createArrayOf(type, elements));
        return this;
    }
}
