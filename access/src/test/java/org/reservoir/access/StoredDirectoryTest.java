package org.reservoir.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.SiteDatabase;

class StoredDirectoryTest implements DirectoryContract {
    @TempDir
    private static Path folder;
    private static SiteDatabase database;

    @BeforeAll
    static void open() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        database = SiteDatabase.open(DatabaseSettings.Managed.in(folder.resolve("db"), folder.resolve("cache")).withoutDurability(),
                List.of("db/store", StoredDirectory.MIGRATIONS));
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Override
    public Directory directory() {
        database.run(tx -> tx.sql().execute("TRUNCATE access_user, access_group, access_membership, access_token, access_quota"));
        return new StoredDirectory(database);
    }
}
