package org.reservoir.site;

import java.time.Duration;

import org.reservoir.accounting.Accounting;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has accounting hear what has happened, at a steady pace; statements hear the rest when they are asked for. */
final class Billing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Billing.class);
    private static final Duration PACE = Duration.ofSeconds(2);

    private final Thread loop;

    Billing(Accounting accounting) {
        loop = Thread.ofVirtual().name("billing").unstarted(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    accounting.turn();
                    Thread.sleep(PACE);
                } catch (InterruptedException _) {
                    return;
                } catch (RuntimeException trouble) {
                    LOG.warn("usage cannot be metered: {}", trouble.toString());
                }
            }
        });
    }

    void start() {
        loop.start();
    }

    @Override
    public void close() {
        loop.interrupt();
    }
}
