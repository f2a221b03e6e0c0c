package org.reservoir.history;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes segments of full heads and roll-ups of segments, lets go of what is too old or too much, and minds the disk: when it runs full, the oldest
 * samples go first, roll-ups last, and whoever asks is told.
 */
final class Keeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final long TURN_MILLIS = 500;
    private static final Duration ROLL_UP = Duration.ofHours(1);
    private static final Duration FORGET_EVERY = Duration.ofMinutes(10);
    private static final int ROOMS_AT_ONCE = 64;
    /** Of all bytes that may be kept, the part that waits for its roll-ups at most. */
    private static final int FRESH_SHARE = 4;

    private final HistoryPolicy policy;
    private final Writer writer;
    private final Store store;
    private final Catalog catalog;
    private final InstantSource clock;
    private final ReentrantLock turning = new ReentrantLock();
    private final Thread thread;
    private long rolledUp;
    private long forgotten;
    private volatile String trouble = "";

    Keeper(HistoryPolicy policy, Writer writer, Store store, Catalog catalog, InstantSource clock) {
        this.policy = policy;
        this.writer = writer;
        this.store = store;
        this.catalog = catalog;
        this.clock = clock;
        rolledUp = clock.millis();
        forgotten = clock.millis();
        thread = Thread.ofPlatform().daemon().name("history-keeper").unstarted(this::work);
    }

    void start() {
        thread.start();
    }

    String trouble() {
        return trouble;
    }

    private void work() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                writer.awaitDue(TURN_MILLIS);
                turn(false);
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException defect) { // a loop's edge: one bad segment must not end all keeping
                tell("the history is not kept well: " + defect);
            }
        }
    }

    /** One turn at once, with all that could wait. */
    void seal() throws InterruptedException {
        turn(true);
    }

    private void turn(boolean anyway) throws InterruptedException {
        turning.lock();
        try {
            var space = space();
            sealWhatIsDue(anyway);
            long now = clock.millis();
            boolean hour = anyway || Math.abs(now - rolledUp) >= ROLL_UP.toMillis();
            if (store.gather(hour, policy.bytes() / FRESH_SHARE, () -> sealWhatIsDue(false))) {
                rolledUp = now;
            }
            store.expire(policy, now);
            forget(now);
            tell(Stream.of(space, store.damage()).filter(text -> !text.isEmpty()).collect(Collectors.joining("; ")));
        } catch (ClosedByInterruptException _) {
            throw new InterruptedException("in the middle of a turn");
        } catch (IOException e) {
            tell("the history cannot be written: %s".formatted(e.getMessage()));
            freeSome();
            Thread.sleep(TURN_MILLIS);
        } finally {
            turning.unlock();
        }
    }

    /** Also while segments are gathered: that takes long when there are very many series, and a full head cannot wait for it. */
    private void sealWhatIsDue(boolean anyway) throws IOException, InterruptedException {
        if (writer.isDue() || anyway || writer.heads().size() > 1) {
            var sealing = writer.rotate();
            store.seal(sealing.head(), writer.secondLog(), clock.millis());
            writer.sealed();
        }
    }

    /** Frees what the bounds say; tells when that is not enough. */
    private String space() throws IOException {
        boolean more = true;
        for (int i = 0; i < ROOMS_AT_ONCE && more && store.contents().bytes() > policy.bytes(); i++) {
            more = store.makeRoom();
        }
        boolean low = free() < policy.spare();
        for (int i = 0; i < ROOMS_AT_ONCE && more && free() < policy.spare(); i++) {
            more = store.makeRoom();
        }
        return low ? "the disk of the history is nearly full: %d MiB are free%s".formatted(free() >> 20, more ? ", and the oldest samples were let go" : "") : "";
    }

    private void freeSome() {
        try {
            if (free() < policy.spare()) {
                store.makeRoom();
            }
        } catch (IOException e) {
            tell("the history cannot be written: %s".formatted(e.getMessage()));
        }
    }

    private long free() throws IOException {
        return Files.getFileStore(folder()).getUsableSpace();
    }

    private Path folder() {
        return store.log(0).getParent();
    }

    private void forget(long now) {
        if (Math.abs(now - forgotten) >= FORGET_EVERY.toMillis()) {
            forgotten = now;
            catalog.forget(now - policy.hours().toMillis(), now - policy.sealAge().toMillis() * 2);
        }
    }

    private void tell(String text) {
        if (!text.equals(trouble)) {
            LOG.warn("{}", text.isEmpty() ? "the history is kept well again" : text);
            trouble = text;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
