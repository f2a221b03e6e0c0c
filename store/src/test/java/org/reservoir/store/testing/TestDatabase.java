package org.reservoir.store.testing;

import java.time.InstantSource;
import java.util.List;
import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.SharedPostgres;
import org.reservoir.store.SiteDatabase;

/**
 * A fresh site database for one test, in a PostgreSQL that all tests of this JVM share and that ends with it. Nothing is synced
 * to disk. {@code try (var database = TestDatabase.fresh("db/store", "db/veem")) { … }}; closing it drops it.
 */
public final class TestDatabase {
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
}
