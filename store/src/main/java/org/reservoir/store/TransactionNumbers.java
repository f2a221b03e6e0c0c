package org.reservoir.store;

import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Keeps transaction numbers growing over the whole life of a site. PostgreSQL counts anew in every new cluster, so after a restore
 * the numbers of new events would lie before those of old ones; the base added to them is raised then. It is done at every
 * opening, when nobody else can have opened a database whose numbers went back.
 */
final class TransactionNumbers {
    private static final String RAISE = """
            UPDATE outbox SET tx_base = known.tx + 1
            FROM (SELECT greatest(coalesce((SELECT max(tx) FROM event), 0), coalesce((SELECT max(tx) FROM consumer), 0), (SELECT trimmed_tx FROM outbox)) AS tx) AS known
            WHERE known.tx >= outbox.tx_base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint""";

    private TransactionNumbers() {}

    static long base(DataSource database) {
        try (var connection = database.getConnection(); var statement = connection.createStatement()) {
            statement.executeUpdate(RAISE);
            try (var row = statement.executeQuery("SELECT tx_base FROM outbox")) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot read the outbox's base", e);
        }
    }
}
