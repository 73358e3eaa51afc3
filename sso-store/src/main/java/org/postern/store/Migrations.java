package org.postern.store;

import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.postern.core.UnavailableException;
import org.postern.core.settings.Setting;
import org.postern.core.settings.SettingsException;

/** Brings a database to the newest schema, by Flyway. */
final class Migrations {
    /** The newest migration there is, on both databases. */
    static final String NEWEST = "7";

    private static final String HISTORY = "flyway_schema_history";

    private Migrations() {}

    /**
     * Runs the migrations that are missing. Where the newest one is there, Flyway, which takes half a second, is left
     * out: two look-ups tell.
     *
     * @return whether Flyway ran
     */
    static boolean run(Database database, Database.Access access) {
        if (isCurrent(database)) {
            return false;
        }
        database.call(database.dialect()::unsuitable).ifPresent(why -> {
            throw new SettingsException(Setting.DATABASE_URL.key(), why);
        });
        try {
            // Connections of its own, without the pool's time limits: a migration takes as long as it takes.
            Flyway.configure(Migrations.class.getClassLoader())
                    .loggers("slf4j")
                    .dataSource(
                            database.dialect().url(access),
                            access.user(),
                            access.password().reveal())
                    .locations("classpath:" + database.dialect().migrations())
                    .failOnMissingLocations(true)
                    .validateMigrationNaming(true)
                    .load()
                    .migrate();
            return true;
        } catch (FlywayException e) {
            throw e.getCause() instanceof SQLException sql
                    ? Faults.of(sql)
                    : new UnavailableException("the database's schema could not be brought up to date", e);
        }
    }

    private static boolean isCurrent(Database database) {
        return database.call(connection -> {
            Command table = new Command(
                    "select 1 from information_schema.tables where table_name = ? and table_schema = current_schema",
                    p -> p.text(HISTORY));
            Command newest = new Command(
                    "select 1 from \"" + HISTORY + "\" where \"version\" = ? and \"success\" = true",
                    p -> p.text(NEWEST));
            return table.first(connection, row -> row).isPresent()
                    && newest.first(connection, row -> row).isPresent();
        });
    }
}
