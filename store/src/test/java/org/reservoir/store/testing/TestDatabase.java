package org.reservoir.store.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.SiteDatabase;

/** One PostgreSQL per JVM, without fsync, and a fresh database for whoever asks. */
public final class TestDatabase {
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static String base;

    private TestDatabase() {}

    public static SiteDatabase open(InstantSource clock, List<String> migrations) {
        return SiteDatabase.open(fresh(), migrations, clock);
    }

    public static synchronized DatabaseSettings fresh() {
        try {
            if (base == null) {
                base = start();
            }
            var name = "t" + NEXT.incrementAndGet();
            try (var c = DriverManager.getConnection(base + "postgres", "postgres", ""); var s = c.createStatement()) {
                s.execute("create database " + name);
            }
            return new DatabaseSettings(base + name, "postgres", Optional.empty(), 16);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String start() throws Exception {
        Path bin;
        try (var found = Files.list(Path.of("/usr/lib/postgresql"))) {
            bin = found.sorted().toList().getLast().resolve("bin");
        }
        var dir = Files.createTempDirectory(Path.of("/tmp"), "reservoir-test-pg-");
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        run("chown", "postgres", dir.toString());
        run("runuser", "-u", "postgres", "--", bin.resolve("initdb").toString(), "--no-sync", "-A", "trust", "-D", dir + "/data");
        var server = new ProcessBuilder("runuser", "-u", "postgres", "--", bin.resolve("postgres").toString(), "-D", dir + "/data", "-p", "" + port, "-c", "fsync=off",
                "-c", "unix_socket_directories=" + dir, "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "max_connections=300").redirectErrorStream(true)
                .redirectOutput(dir.resolve("../" + dir.getFileName() + ".log").toFile()).start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                server.descendants().forEach(ProcessHandle::destroyForcibly);
                server.destroyForcibly().waitFor();
                run("rm", "-rf", dir.toString(), dir + ".log");
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }));
        var url = "jdbc:postgresql://127.0.0.1:" + port + "/";
        for (int i = 0; i < 100; i++) {
            try (var c = DriverManager.getConnection(url + "postgres", "postgres", "")) {
                return url;
            } catch (java.sql.SQLException e) {
                Thread.sleep(50);
            }
        }
        throw new IllegalStateException("PostgreSQL does not start");
    }

    private static void run(String... command) throws IOException, InterruptedException {
        var p = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        if (p.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }
}
