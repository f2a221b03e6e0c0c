package org.reservoir.veem;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** A clock that a test moves. */
final class VirtualClock implements InstantSource {
    private volatile Instant now = Instant.parse("2030-01-01T00:00:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    void advance(Duration by) {
        now = now.plus(by);
    }

    /** Goes on to the next whole second. */
    Instant wholeSecond() {
        now = now.plusNanos(999_999_999).truncatedTo(ChronoUnit.SECONDS);
        return now;
    }

    void reach(Instant time) {
        now = time.isAfter(now) ? time : now;
    }
}
