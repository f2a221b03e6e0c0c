package org.reservoir.veeh.libvirt;

import java.time.Duration;

import org.reservoir.interfaces.vhi.HostFailure;

/** Until when somebody waits; on the clock that only goes forward. */
record Deadline(long nanos) {
    static Deadline in(Duration patience) {
        return new Deadline(System.nanoTime() + patience.toNanos());
    }

    /** At least a moment, so that a call that is late is refused by the host's silence and not by arithmetic. */
    Duration left() {
        return Duration.ofNanos(Math.max(1_000_000, nanos - System.nanoTime()));
    }

    boolean isOver() {
        return System.nanoTime() - nanos >= 0;
    }

    /** Waits a little. @throws HostFailure TIMED_OUT when the time is over */
    void pause(Duration step, String waitingFor) {
        if (isOver()) {
            throw new HostFailure(HostFailure.Kind.TIMED_OUT, "Still waiting for %s.".formatted(waitingFor));
        }
        rest(step, waitingFor);
    }

    /** Waits a little, not longer than there is time left; for whom its end is no failure. */
    void rest(Duration step, String waitingFor) {
        try {
            Thread.sleep(step.compareTo(left()) < 0 ? step : left());
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new HostFailure(HostFailure.Kind.TIMED_OUT, "Interrupted while waiting for %s.".formatted(waitingFor), interruption);
        }
    }
}
