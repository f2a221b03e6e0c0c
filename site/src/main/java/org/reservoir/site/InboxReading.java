package org.reservoir.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongConsumer;

import org.reservoir.accounting.MeteredUsage;
import org.reservoir.monitoring.border.Borders;
import org.reservoir.monitoring.wire.Spool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has accounting and the borders read the inbox of measurements for accounting, and lets it go of what both have taken. */
final class InboxReading implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InboxReading.class);
    private static final Duration PACE = Duration.ofSeconds(1);

    /** Bytes of measurements for accounting that wait at most. */
    private static final long MOST = 1L << 30;

    private final Spool inbox;
    private final MeteredUsage usage;
    private final Borders borders;
    private final LongConsumer gone;
    private boolean looked;
    private final Thread loop = Thread.ofVirtual().name("inbox").unstarted(this::run);

    /** @param gone told of measurements that the inbox let go of and this database does not know */
    InboxReading(Spool inbox, MeteredUsage usage, Borders borders, LongConsumer gone) {
        this.gone = gone;
        this.inbox = inbox;
        this.usage = usage;
        this.borders = borders;
    }

    /** An inbox that takes nothing in under a number that was taken in before, though it comes from a backup older than the database. */
    static Spool open(Path folder, MeteredUsage usage) {
        var inbox = Spool.open(folder, MOST);
        try {
            if (usage.catchUp(inbox)) {
                LOG.warn("{} is older than the database: what came for accounting since that copy was made is in statements as far as the database has it, and else gone", folder);
            }
            return inbox;
        } catch (IOException e) {
            throw new UncheckedIOException("measurements for accounting cannot be kept in " + folder, e);
        }
    }

    void start() {
        loop.start();
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                read();
                Thread.sleep(PACE);
            } catch (InterruptedException _) {
                return;
            } catch (IOException | RuntimeException trouble) {
                LOG.warn("what is measured for accounting waits: {}", trouble.toString());
                pause();
            }
        }
    }

    private void read() throws IOException {
        lookBack();
        long taken = usage.take(inbox);
        for (long before = -1; taken > before && taken < inbox.last(); ) {
            before = taken;
            taken = usage.take(inbox);
        }
        inbox.settle(Math.min(taken, borders.inboxRead()));
    }

    /** Once, for a database becomes older only while no server runs. */
    private void lookBack() {
        if (!looked) {
            long missing = usage.gone(inbox);
            if (missing > 0) {
                LOG.warn("{} measurements for accounting are in no statement: they were taken in after the backup was made from which the database comes", missing);
                gone.accept(missing);
            }
            looked = true;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PACE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when nothing is read any more: the inbox may be closed. */
    @Override
    public void close() {
        loop.interrupt();
        try {
            loop.join(Duration.ofSeconds(10));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
