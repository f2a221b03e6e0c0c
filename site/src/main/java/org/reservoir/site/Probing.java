package org.reservoir.site;

import java.time.Duration;
import java.time.InstantSource;

import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.MonitoringLoop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the hosts at a steady pace, and forgets series that have fallen silent. */
final class Probing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Probing.class);

    private final Thread loop;

    Probing(MonitoringLoop monitoring, Measurements measurements, InstantSource clock, Duration pace) {
        loop = Thread.ofVirtual().name("probing").unstarted(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    monitoring.turn(clock.instant());
                    measurements.sweep(clock.instant());
                    Thread.sleep(pace);
                } catch (InterruptedException _) {
                    return;
                } catch (RuntimeException trouble) {
                    LOG.warn("hosts cannot be measured: {}", trouble.toString());
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
