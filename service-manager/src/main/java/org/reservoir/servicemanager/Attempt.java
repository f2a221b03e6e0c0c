package org.reservoir.servicemanager;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * That something went wrong with a replica: how often in a row, when last, and what.
 *
 * @param aim  what was tried; trouble with ending a replica does not count against keeping it, nor the other way round
 * @param last whether another attempt is useless, whatever their number
 */
record Attempt(Aim aim, int count, Instant at, String problem, boolean last) {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** A replica that has been well for so long begins anew. */
    static final Duration FORGOTTEN = Duration.ofMinutes(10);

    enum Aim {
        /** To have a VEE that runs. */ KEEP(5),
        /** To have it gone; worth more patience, since what stays costs. */ END(20);

        private final int most;

        Aim(int most) {
            this.most = most;
        }
    }

    boolean exhausted() {
        return last || count >= aim.most;
    }

    /** What is known after another failure of the same kind; one of another kind begins anew. */
    static Attempt after(Optional<Attempt> before, Aim aim, Instant at, String problem, boolean last) {
        return new Attempt(aim, before.filter(attempt -> attempt.aim() == aim).map(Attempt::count).orElse(0) + 1, at, problem, last);
    }

    /** When to try again: pauses double from one second to half a minute. */
    Instant next() {
        var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(count - 1, 10));
        return at.plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
    }
}
