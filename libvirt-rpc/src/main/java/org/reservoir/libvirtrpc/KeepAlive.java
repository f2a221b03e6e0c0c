package org.reservoir.libvirtrpc;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Finds out that a peer hangs: asks it for a sign of life again and again, and gives it up once nothing at all has come for too long. Only
 * time spent waiting for the peer counts, not time in which this side has yet to digest what came.
 */
final class KeepAlive {
    private final Duration every;
    private final Duration silence;
    private final Runnable ping;
    private final Consumer<String> giveUp;
    private volatile boolean waits;
    private volatile long since = System.nanoTime();

    KeepAlive(Duration every, Duration silence, Runnable ping, Consumer<String> giveUp) {
        this.every = every;
        this.silence = silence;
        this.ping = ping;
        this.giveUp = giveUp;
    }

    void waiting() {
        since = System.nanoTime();
        waits = true;
    }

    void heard() {
        waits = false;
    }

    void run(BooleanSupplier open) {
        try {
            while (open.getAsBoolean()) {
                Thread.sleep(every);
                if (waits && System.nanoTime() - since > silence.toNanos()) {
                    giveUp.accept("libvirtd has been silent for %d s".formatted(silence.toSeconds()));
                } else {
                    ping.run();
                }
            }
        } catch (InterruptedException _) {
            // nobody interrupts it, but a sleep must say what then
        }
    }
}
