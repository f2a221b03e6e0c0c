package org.reservoir.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What was published, in an order that never changes once read. A reader keeps a {@link Cursor} and asks for what comes after
 * it; it misses nothing, not even events of a transaction that began early and committed late.
 */
public final class Outbox {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private final SiteDatabase database;
    private final long txBase;
    private final Bell bell;

    Outbox(SiteDatabase database, long txBase, Bell bell) {
        this.database = database;
        this.txBase = txBase;
        this.bell = bell;
    }

    long txBase() {
        return txBase;
    }

    /** @param topics none: all */
    public List<Event> after(Cursor cursor, Set<String> topics, int max) {
        return database.read(sql -> {
            try {
                return OutboxStatements.after(sql.getConnection(), cursor, topics, max, txBase);
            } catch (SQLException e) {
                throw new DatabaseFailure(e);
            }
        });
    }

    /** The newest place; what is committed from now on comes after it. */
    public Cursor latest() {
        return database.read(sql -> {
            try {
                return OutboxStatements.latest(sql.getConnection(), txBase);
            } catch (SQLException e) {
                throw new DatabaseFailure(e);
            }
        });
    }
}
