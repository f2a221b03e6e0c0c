package org.reservoir.access;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;

class StoredDirectoryTest implements DirectoryContract {
    private static SiteDatabase database;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh("db/store", StoredDirectory.MIGRATIONS);
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Override
    public Directory directory() {
        database.run(tx -> tx.sql().execute("TRUNCATE access_user, access_group, access_membership, access_token, access_quota, access_repeat"));
        return new StoredDirectory(database);
    }
}
