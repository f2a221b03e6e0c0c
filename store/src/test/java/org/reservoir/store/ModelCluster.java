package org.reservoir.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The files of an empty PostgreSQL, made once for all test JVMs of a user: copying them takes a tenth of what {@code initdb} does. */
final class ModelCluster {
    private static final String NAME = "reservoir-test-model-%s-%d-%s";

    private ModelCluster() {}

    /** Puts a copy where these settings want their cluster; it is configured at its start, as any other. */
    static void copyTo(DatabaseSettings.Managed settings) throws IOException {
        var user = ServiceUser.forThisProcess();
        var programs = PostgresPrograms.find(settings, user);
        var home = settings.cache().resolveSibling(NAME.formatted(System.getProperty("user.name"), programs.version(), user.name()));
        var model = new Cluster(DatabaseSettings.Managed.in(home, settings.cache()).withoutDurability(), user, programs);
        Files.createDirectories(home);
        try (var lock = FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock(); // one makes it, the others wait
            model.prepare();
        }
        copy(model.files(), settings.directory().resolve("cluster"));
    }

    private static void copy(Path from, Path to) throws IOException {
        var copying = new ProcessBuilder(List.of("cp", "-a", from.toString(), to.toString())).inheritIO().start();
        try {
            if (!copying.waitFor(1, TimeUnit.MINUTES) || copying.exitValue() != 0) {
                copying.destroyForcibly();
                throw new IOException("cannot copy " + from);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while copying " + from);
        }
    }
}
