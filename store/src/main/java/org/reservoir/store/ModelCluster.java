package org.reservoir.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a PostgreSQL with the tables of a new site, made once and copied for each new database, which takes a tenth of what {@code initdb} and the tables do. They hold nothing that is secret or that would
 * be the same where it must not be; see decision 265. Only the programs and the migrations that made them use them.
 */
final class ModelCluster {
    private static final Logger LOG = LoggerFactory.getLogger(ModelCluster.class);
    private static final String FILES = "cluster";
    private static final String MAKER = "made-by";

    private final Path home;
    private final Migrations migrations;

    /** @param home a folder for this alone; made when missing */
    ModelCluster(Path home, Migrations migrations) {
        this.home = home;
        this.migrations = migrations;
    }

    /** Makes it, unless these programs have made it before. Of several processes one does, and the others wait. */
    void make(DatabaseSettings.Managed settings) throws IOException {
        var user = ServiceUser.forThisProcess();
        var programs = PostgresPrograms.find(settings, user);
        Files.createDirectories(home);
        try (var file = FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE); var turn = file.lock()) {
            if (isBy(programs)) {
                return;
            }
            Files.deleteIfExists(home.resolve(MAKER));
            Trees.delete(home.resolve(FILES));
            fill(settings);
            Files.writeString(home.resolve(MAKER), maker(programs));
        }
    }

    /** By way of a folder that the user under which PostgreSQL runs can reach: it may not reach this one. */
    private void fill(DatabaseSettings.Managed settings) throws IOException {
        var scratch = Files.createTempDirectory("reservoir-model");
        try {
            Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxr-xr-x"));
            var making = settings.at(scratch).withoutDurability();
            try (var server = ManagedPostgres.start(making, Optional.empty()); var pools = Pools.overSocket(server.socket(), making)) {
                migrations.apply(pools.unlimited());
            }
            run(List.of("cp", "-R", scratch.resolve(Cluster.FILES).toString(), home.resolve(FILES).toString()));
            run(List.of("chmod", "-R", "a+rX", home.resolve(FILES).toString())); // sites of other users read it
        } finally {
            Trees.delete(scratch);
        }
    }

    /** Whether there is now a copy at {@code place}, whole and on disk; where there is no model of these programs, or it cannot be copied, nothing is there. */
    boolean copyTo(Path place, PostgresPrograms programs, ServiceUser user, boolean durable) throws IOException {
        if (!isBy(programs)) {
            return false;
        }
        try {
            var made = Files.getLastModifiedTime(home.resolve(MAKER));
            run(List.of("cp", "-R", "--preserve=timestamps", home.resolve(FILES).toString(), place.toString()));
            run(List.of("chmod", "-R", "u=rwX,go=", place.toString()));
            if (user.other()) {
                run(List.of("chown", "-R", user.name(), place.toString()));
            }
            if (durable) {
                run(List.of("sync", "-f", place.toString()));
            }
            if (!Files.getLastModifiedTime(home.resolve(MAKER)).equals(made)) {
                throw new IOException("the model of it was made anew meanwhile");
            }
            return true;
        } catch (IOException failure) {
            LOG.warn("the new database is no copy: {}", failure.getMessage());
            Trees.delete(place);
            return false;
        }
    }

    private boolean isBy(PostgresPrograms programs) throws IOException {
        var note = home.resolve(MAKER);
        return Files.isReadable(note) && Files.readString(note).equals(maker(programs));
    }

    /** Another build of PostgreSQL is another file. */
    private String maker(PostgresPrograms programs) throws IOException {
        var postgres = programs.bin().resolve("postgres").toRealPath();
        return "%s %d %s, tables %s%n".formatted(postgres, Files.size(postgres), Files.getLastModifiedTime(postgres), migrations.fingerprint());
    }

    private static void run(List<String> command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException("'%s' failed".formatted(String.join(" ", command)));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted at '%s'".formatted(String.join(" ", command)));
        } finally {
            process.destroyForcibly();
        }
    }
}
