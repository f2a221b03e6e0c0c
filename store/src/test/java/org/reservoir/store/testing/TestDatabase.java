package org.reservoir.store.testing;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

import org.reservoir.store.Cursor;
import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.Event;
import org.reservoir.store.SharedPostgres;
import org.reservoir.store.SiteDatabase;

/**
 * A fresh site database for one test, in a PostgreSQL that all tests of this JVM share and that ends with it. Nothing is synced
 * to disk. {@code try (var database = TestDatabase.fresh("db/store", "db/veem")) { … }}; closing it drops it.
 */
public final class TestDatabase {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(2);
    private static final int MOST = 10_000;

    private TestDatabase() {}

    public static SiteDatabase fresh(String... locations) {
        return fresh(InstantSource.system(), locations);
    }

    /** With a clock of the test's own. */
    public static SiteDatabase fresh(InstantSource clock, String... locations) {
        return SiteDatabase.open(settings(locations), List.of(locations), clock);
    }

    /** Where a fresh database is, for tests that open it more than once: as two site servers do, or one that starts again. It goes with the JVM. */
    public static DatabaseSettings settings(String... locations) {
        return SharedPostgres.ofThisJvm().fresh(List.of(locations));
    }

    /**
     * All events of some topics up to now, the oldest first. The outbox holds an event back while an older transaction of the same PostgreSQL
     * runs, be it of another database, and other tests run theirs beside this one: they are waited for.
     */
    public static List<Event> told(SiteDatabase database, Set<String> topics) {
        long next = database.read(sql -> sql.createQuery("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").mapTo(Long.class).one());
        for (long end = System.nanoTime() + PATIENCE.toNanos(); oldest(database) < next;) {
            if (System.nanoTime() > end) {
                throw new AssertionError("A transaction of this PostgreSQL has run for " + PATIENCE.toSeconds() + " s.");
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        return database.outbox().after(Cursor.START, topics, MOST);
    }

    private static long oldest(SiteDatabase database) {
        return database.read(sql -> sql.createQuery("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint").mapTo(Long.class).one());
    }
}
