package org.reservoir.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.ExecutionException;
import org.reservoir.kernel.Refused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts, watches and stops the site's own PostgreSQL.
 * The directory is locked, so a second site on it is refused. A server left running by a killed site is taken over as it is;
 * a server that dies is started again with growing pauses, and without end: what keeps it down, such as a full disk, may pass. It
 * does not retry anybody's transaction: that is {@link SiteDatabase}'s part.
 */
final class ManagedPostgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ManagedPostgres.class);
    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final Duration STEADY = Duration.ofMinutes(1);
    private static final int PAUSES = 10;
    private static final long LONGEST_PAUSE = 10_000;

    private final Cluster cluster;
    private final FileChannel lockFile;
    private volatile ProcessHandle server;
    private volatile boolean stopping;
    private Thread watcher = Thread.ofVirtual().unstarted(() -> {});

    private ManagedPostgres(Cluster cluster, FileChannel lockFile) {
        this.cluster = cluster;
        this.lockFile = lockFile;
    }

    /** @param model as which a database that is made now begins */
    static ManagedPostgres start(DatabaseSettings.Managed settings, Optional<ModelCluster> model) {
        var lockFile = lock(settings.directory());
        try {
            var user = ServiceUser.forThisProcess();
            var cluster = new Cluster(settings, user, PostgresPrograms.find(settings, user), model);
            var postgres = new ManagedPostgres(cluster, lockFile);
            postgres.startFirst();
            return postgres;
        } catch (RuntimeException failure) {
            release(lockFile);
            throw failure;
        }
    }

    private static FileChannel lock(Path directory) {
        try {
            Files.createDirectories(directory);
            var file = FileChannel.open(directory.resolve("site.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(file).isEmpty()) {
                file.close();
                throw Refused.conflict("DATABASE_IN_USE", "another site is running on the database directory %s".formatted(directory),
                        "stop that site, or give this one a directory of its own");
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock " + directory, e);
        }
    }

    private static Optional<FileLock> tryLock(FileChannel file) throws IOException {
        try {
            return Optional.ofNullable(file.tryLock());
        } catch (OverlappingFileLockException inThisProcess) {
            return Optional.empty();
        }
    }

    private static void release(FileChannel lockFile) {
        try {
            lockFile.close();
        } catch (IOException e) {
            LOG.warn("cannot release the database directory", e);
        }
    }

    Path socket() {
        return cluster.socket();
    }

    /** The pid of the running server's first process. */
    long pid() {
        return server.pid();
    }

    private void startFirst() {
        var running = Postmaster.read(cluster.files()).filter(found -> found.serves(cluster.files()));
        if (running.isPresent()) {
            LOG.info("taking over the PostgreSQL that runs already, pid {}", running.get().pid());
            server = ProcessHandle.of(running.get().pid()).orElseThrow(() -> Refused.unavailable("DATABASE_UNAVAILABLE", "PostgreSQL ended just now", "start again"));
            awaitReady(server);
        } else {
            cluster.prepare();
            launchUntilReady();
        }
        watcher = Thread.ofVirtual().name("postgres-watch").start(this::watch);
    }

    /** A few tries: after a kill the old server's processes may be there a little longer, and PostgreSQL rightly waits for their end. */
    private void launchUntilReady() {
        Refused last = null;
        for (int attempt = 1; attempt <= 8 && !stopping; attempt++) {
            try {
                server = cluster.launch().toHandle();
                awaitReady(server);
                return;
            } catch (Refused notYet) {
                last = notYet;
                LOG.warn("PostgreSQL did not start (try {}): {}", attempt, notYet.getMessage());
                pause(Duration.ofMillis(Math.min(5_000, 200L << attempt)));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot run PostgreSQL", e);
            }
        }
        throw last == null ? Refused.unavailable("DATABASE_UNAVAILABLE", "PostgreSQL is being stopped", "") : last;
    }

    private void awaitReady(ProcessHandle process) {
        long end = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < end) {
            if (Postmaster.read(cluster.files()).filter(found -> found.pid() == process.pid() && found.ready()).isPresent()) {
                return;
            }
            if (!process.isAlive()) {
                throw Refused.unavailable("DATABASE_NOT_STARTED", "PostgreSQL ended at start: " + cluster.lastWords(), "see " + cluster.log());
            }
            pause(Duration.ofMillis(5));
        }
        throw Refused.unavailable("DATABASE_NOT_STARTED", "PostgreSQL was not ready after %s".formatted(START_LIMIT), "see " + cluster.log());
    }

    private void watch() {
        int restarts = 0;
        long startedAt = System.nanoTime();
        while (!stopping) {
            server.onExit().join();
            if (stopping) {
                return;
            }
            restarts = System.nanoTime() - startedAt > STEADY.toNanos() ? 1 : restarts + 1;
            LOG.error("PostgreSQL (pid {}) has ended; starting it again ({} in a row)", server.pid(), restarts);
            pause(Duration.ofMillis(Math.min(LONGEST_PAUSE, 50L << Math.min(restarts, PAUSES))));
            try {
                launchUntilReady();
            } catch (RuntimeException failure) {
                LOG.error("PostgreSQL does not start, and is tried again: {}", failure.toString());
            }
            startedAt = System.nanoTime();
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refused.unavailable("DATABASE_UNAVAILABLE", "interrupted while waiting for PostgreSQL", "");
        }
    }

    /** Fast shutdown (open transactions are rolled back), then, after a time-out, at once: what was committed stays either way. */
    @Override
    public void close() {
        stopping = true;
        stop(server);
        try {
            watcher.join(STOP_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (server.isAlive()) {
            stop(server); // it was being started again at that very moment
        }
        release(lockFile);
    }

    private static void stop(ProcessHandle process) {
        signal(process, "INT");
        if (!ended(process, STOP_LIMIT)) {
            LOG.warn("PostgreSQL did not stop within {}; ending it at once", STOP_LIMIT);
            signal(process, "QUIT");
            if (!ended(process, STOP_LIMIT)) {
                process.destroyForcibly();
            }
        }
    }

    private static void signal(ProcessHandle process, String name) {
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).redirectErrorStream(true).start().waitFor(5, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean ended(ProcessHandle process, Duration limit) {
        try {
            process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for pid " + process.pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }
}
