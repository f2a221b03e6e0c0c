package org.reservoir.site;

import java.time.Duration;
import java.time.InstantSource;

import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.kinds.HostWatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the hosts looked at when they are due, and forgets series that have fallen silent. */
final class Probing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Probing.class);
    private static final Duration TURN = Duration.ofMillis(500);

    private final HostWatch watch;
    private final Thread loop;

    Probing(HostWatch watch, Measurements measurements, InstantSource clock) {
        this.watch = watch;
        loop = Thread.ofVirtual().name("probing").unstarted(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    watch.turn(Sensors.now());
                    measurements.sweep(clock.instant());
                    Thread.sleep(TURN);
                } catch (InterruptedException _) {
                    return;
                } catch (RuntimeException trouble) {
                    LOG.warn("hosts cannot be measured: {}", trouble.toString());
                    pause();
                }
            }
        });
    }

    /** What is wrong now may be so for a while. */
    private static void pause() {
        try {
            Thread.sleep(Duration.ofSeconds(5));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    void start() {
        loop.start();
    }

    @Override
    public void close() {
        loop.interrupt();
        watch.close();
    }
}
