package org.reservoir.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.postgresql.ds.PGSimpleDataSource;

/**
 * The one PostgreSQL of a test JVM. It lies in memory where there is room, else in the temporary directory, and goes with the JVM; what a killed JVM left
 * behind is cleaned up by the next. A database for a set of migrations is migrated once and then copied, by its files: that is half the
 * work of copying it through the log, and nobody needs the log.
 */
public final class SharedPostgres {
    private static final String PREFIX = "reservoir-test-postgres-";
    private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long ROOM = 4L << 30;
    private static SharedPostgres shared;

    private final ManagedPostgres server;
    private final Map<List<String>, String> templates = new HashMap<>();
    /** Kept, for a new connection costs as much as a database. */
    private final Connection maintenance;
    private int databases;

    private SharedPostgres(ManagedPostgres server) {
        this.server = server;
        this.maintenance = connect(url("postgres"));
    }

    public static synchronized SharedPostgres ofThisJvm() {
        if (shared == null) {
            try {
                sweep(TEMPORARY);
                shared = start(isRoomy(MEMORY) ? MEMORY : TEMPORARY);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return shared;
    }

    /** Some three hundred files for each of a hundred databases: a busy disk takes half a minute to delete them. */
    private static boolean isRoomy(Path folder) throws IOException {
        return Files.isWritable(folder) && Files.getFileStore(folder).type().equals("tmpfs") && Files.getFileStore(folder).getUsableSpace() > ROOM;
    }

    private static SharedPostgres start(Path parent) throws IOException {
        sweep(parent);
        var directory = Files.createTempDirectory(parent, PREFIX);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        var settings = DatabaseSettings.Managed.in(directory, TEMPORARY.resolve("reservoir-test-cache")).withoutDurability();
        var model = new ModelCluster(TEMPORARY.resolve("reservoir-test-model-" + System.getProperty("user.name")), new Migrations(List.of()));
        model.make(settings);
        var server = ManagedPostgres.start(settings, Optional.of(model));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            delete(directory);
        }));
        var started = new SharedPostgres(server);
        started.leaveThemUnvacuumed();
        return started;
    }

    /** Ends and deletes what no living JVM has locked. */
    private static void sweep(Path temporary) throws IOException {
        try (var found = Files.newDirectoryStream(temporary, PREFIX + "*")) {
            for (var directory : found) {
                if (isAbandoned(directory)) {
                    var cluster = directory.resolve("cluster");
                    Postmaster.read(cluster).filter(running -> running.serves(cluster)).flatMap(running -> ProcessHandle.of(running.pid()))
                            .ifPresent(process -> {
                                process.destroyForcibly();
                                process.onExit().join();
                            });
                    delete(directory);
                }
            }
        }
    }

    private static boolean isAbandoned(Path directory) throws IOException {
        var lock = directory.resolve("site.lock");
        if (!Files.isWritable(lock)) {
            return false; // just being made, or somebody else's
        }
        try (var file = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            return file.tryLock() != null;
        } catch (OverlappingFileLockException ofThisJvm) {
            return false;
        }
    }

    private static void delete(Path directory) {
        try {
            Trees.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A fresh database with these migrations applied. */
    public synchronized DatabaseSettings fresh(List<String> locations) {
        var template = templates.computeIfAbsent(locations, this::makeTemplate);
        return database("test_" + ++databases, template);
    }

    private String makeTemplate(List<String> locations) {
        var name = "template_" + templates.size();
        var settings = database(name, "template1");
        if (!locations.isEmpty()) {
            SiteDatabase.open(settings, locations).close();
        }
        return name;
    }

    private DatabaseSettings database(String name, String template) {
        order(statement -> {
            boolean choosy = statement.getConnection().getMetaData().getDatabaseMajorVersion() >= 15; // before, files were always copied
            statement.execute("CREATE DATABASE " + name + " TEMPLATE " + template + (choosy ? " STRATEGY FILE_COPY" : ""));
        });
        return new DatabaseSettings.External(url(name), Cluster.OWNER, "", 4, Duration.ofSeconds(15));
    }

    /** Looking after hundreds of databases that nobody uses any more would take a tenth of a processor. */
    private void leaveThemUnvacuumed() {
        order(statement -> {
            statement.execute("ALTER SYSTEM SET autovacuum = off");
            statement.execute("SELECT pg_reload_conf()");
        });
    }

    private interface Orders {
        void give(Statement statement) throws SQLException;
    }

    private void order(Orders orders) {
        try (var statement = maintenance.createStatement()) {
            orders.give(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Connection connect(String url) {
        var source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setUser(Cluster.OWNER);
        try {
            return source.getConnection();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://localhost/%s?socketFactory=%s&socketFactoryArg=%s&sslmode=disable&gssEncMode=disable"
                .formatted(database, UnixSocketFactory.class.getName(), server.socket());
    }
}
