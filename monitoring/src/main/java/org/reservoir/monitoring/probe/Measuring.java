package org.reservoir.monitoring.probe;

import java.util.Optional;

import org.reservoir.kernel.Guard;

/**
 * Has probes measure and sends on what they measured. Those that wait have a (virtual) thread while they do, the others measure on the thread that
 * asks. A probe's fault is its own: it is told and counted, and the others go on. Guarded by its source's lock.
 */
final class Measuring {
    private final Guard lock;
    private long now;
    private long wall;
    private long failures;
    /** Whether a row that probes share is in use: who measures or listens may have another measured meanwhile. */
    private boolean busy;

    Measuring(Guard lock, long nowMillis) {
        this.lock = lock;
        this.now = nowMillis;
    }

    /** @param nowMillis of a clock that never goes back @param wallMillis what measurements carry */
    void itIs(long nowMillis, long wallMillis) {
        now = Math.max(now, nowMillis);
        wall = wallMillis;
    }

    /** The same, of the clock that never goes back alone: as much later the measurements say that they are. */
    void itIs(long nowMillis) {
        itIs(nowMillis, wall + Math.max(0, nowMillis - now));
    }

    long now() {
        return now;
    }

    /** Measurements, and ends of probes, that failed so far. */
    long failures() {
        return failures;
    }

    void measure(Running running) {
        if (running.probe.waits()) {
            waitFor(running);
            return;
        }
        boolean nested = busy;
        busy = true;
        try {
            measure(running, nested ? new Row(running.row) : running.row);
        } finally {
            busy = nested;
        }
    }

    private void measure(Running running, Row row) {
        boolean timed = running.isToBeTimed();
        long before = timed ? System.nanoTime() : 0;
        try {
            running.probe.measure(row.begin(wall));
        } catch (Exception failure) { // of a probe of any make
            fail(running, failure);
            return;
        } finally {
            long spent = running.probe.spent();
            if (spent >= 0) {
                charge(running, spent);
            } else if (timed) {
                charge(running, System.nanoTime() - before);
            }
        }
        send(running, row);
    }

    /** At most one thread per probe: while it hangs it is asked no second time, and past its deadline it is interrupted. */
    private void waitFor(Running running) {
        if (running.waiting.isPresent()) {
            var waiting = running.waiting.get();
            if (now - waiting.since() > running.settings.deadline().toMillis()) {
                waiting.thread().interrupt();
                fail(running, new IllegalStateException("no answer for more than " + running.settings.deadline()));
            }
            return;
        }
        var row = new Row(running.row).begin(wall);
        var thread = Thread.ofVirtual().name("probe-" + running.info.number()).unstarted(() -> {
            Exception failure = null;
            try {
                running.probe.measure(row);
            } catch (Exception e) { // the edge of the probe's own thread
                failure = e;
            }
            arrived(running, row, failure);
        });
        running.waiting = Optional.of(new Running.Waiting(thread, now));
        thread.start();
    }

    private void arrived(Running running, Row row, Exception failure) {
        lock.hold(() -> {
            running.waiting = Optional.empty();
            if (running.probe.spent() >= 0) {
                charge(running, running.probe.spent());
            }
            if (failure != null) {
                fail(running, failure);
            } else if (running.measures()) {
                send(running, row);
            }
        });
    }

    private static void charge(Running running, long nanos) {
        if (running.charge(nanos)) {
            Listeners.tell(running);
        }
    }

    private void send(Running running, Row row) {
        if (!row.isComplete()) {
            fail(running, new IllegalStateException("a measurement without all that it must have"));
            return;
        }
        running.problem = running.problem.startsWith("failed") ? "" : running.problem;
        Listeners.send(running, row, now);
    }

    private void fail(Running running, Exception failure) {
        failures++;
        var problem = "failed: " + failure;
        if (!running.problem.equals(problem)) {
            running.problem = problem;
            Listeners.tell(running);
        }
    }

    void end(Running running) {
        try {
            running.probe.ended();
        } catch (RuntimeException trouble) { // of a probe that is gone
            failures++;
        }
    }
}
