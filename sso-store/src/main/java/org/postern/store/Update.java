package org.postern.store;

/**
 * A change to the rows of a table that meet a condition.
 *
 * @param set what is assigned
 * @param where which rows; after the change it must not hold for them any more
 */
record Update(String table, Command set, Command where) {
    Command command() {
        return new Command("update " + table + " set " + set.sql() + " where " + where.sql(), p -> {
            set.binding().bind(p);
            where.binding().bind(p);
        });
    }
}
