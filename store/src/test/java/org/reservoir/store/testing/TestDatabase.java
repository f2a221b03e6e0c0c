package org.reservoir.store.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.SiteDatabase;

/** One PostgreSQL for all tests of a JVM, without waiting for disks, and a fresh database for whoever asks. It ends with the JVM. */
public final class TestDatabase {
    private static final AtomicInteger NEXT = new AtomicInteger();

    private TestDatabase() {}

    /** Holds the server: made when first needed. */
    private static final class Server {
        private static final Path DIRECTORY = temporary();
        private static final SiteDatabase DATABASE = SiteDatabase.open(settings(DIRECTORY).withoutDurability(), List.of("db/store"), InstantSource.system());

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                DATABASE.close();
                delete(DIRECTORY);
            }));
        }
    }

    /** A managed database in {@code directory}; programs are unpacked, where the machine has none, into a cache that tests share. */
    public static DatabaseSettings.Managed settings(Path directory) {
        return DatabaseSettings.Managed.in(directory, Path.of(System.getProperty("java.io.tmpdir"), "reservoir-test-programs"));
    }

    /** An empty database with these tables. */
    public static SiteDatabase open(InstantSource clock, List<String> migrations) {
        return SiteDatabase.open(fresh(), migrations, clock);
    }

    /** An empty database that two may open. */
    public static DatabaseSettings fresh() {
        var name = "test" + NEXT.incrementAndGet();
        Server.DATABASE.read(sql -> sql.execute("create database " + name));
        return DatabaseSettings.External.at("jdbc:postgresql://localhost/%s?socketFactory=org.reservoir.store.UnixSocketFactory&socketFactoryArg=%s"
                .formatted(name, Server.DIRECTORY.resolve("socket/.s.PGSQL.5432")), "reservoir", "");
    }

    /** A directory that the unprivileged user of PostgreSQL can pass through. */
    public static Path temporary() {
        try {
            return Files.createTempDirectory("reservoir-test-", java.nio.file.attribute.PosixFilePermissions.asFileAttribute(
                    java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void delete(Path directory) {
        try (var files = Files.walk(directory)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
