package org.reservoir.site;

import java.io.IOException;
import java.time.Duration;

import org.reservoir.accounting.MeteredUsage;
import org.reservoir.monitoring.border.Borders;
import org.reservoir.monitoring.wire.Spool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has accounting and the borders read the inbox of measurements for accounting, and lets it go of what both have taken. */
final class InboxReading implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InboxReading.class);
    private static final Duration PACE = Duration.ofSeconds(1);

    private final Spool inbox;
    private final MeteredUsage usage;
    private final Borders borders;
    private final Thread loop = Thread.ofVirtual().name("inbox").unstarted(this::run);

    InboxReading(Spool inbox, MeteredUsage usage, Borders borders) {
        this.inbox = inbox;
        this.usage = usage;
        this.borders = borders;
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
        long taken = usage.take(inbox);
        for (long before = -1; taken > before && taken < inbox.last(); ) {
            before = taken;
            taken = usage.take(inbox);
        }
        inbox.settle(Math.min(taken, borders.inboxRead()));
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
