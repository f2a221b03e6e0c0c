package org.reservoir.monitoring.kinds;

import java.util.Optional;

/** What looks at a host brought for a probe that is fed by them: the newest, and the one that was measured before. One thread feeds, one measures. */
final class Looks<C> {
    /** @param nanos of a clock that never goes back, when the answer came */
    private record Look<C>(C counters, long nanos) {}

    private volatile Look<C> newest;
    private Look<C> used;

    void feed(C counters, long nanos) {
        newest = new Look<>(counters, nanos);
    }

    /**
     * From the look that was measured before to the newest.
     *
     * @param before empty the first time
     * @param passed nanoseconds, as they really passed
     */
    record Step<C>(Optional<C> before, C now, long passed) {
        /** What was before, when there is enough time between for rates. */
        Optional<C> ratedFrom() {
            return before.filter(_ -> passed >= Rates.LEAST_NANOS);
        }
    }

    Step<C> step() {
        var before = Optional.ofNullable(used);
        used = newest;
        return new Step<>(before.map(Look::counters), used.counters(), before.map(look -> used.nanos() - look.nanos()).orElse(0L));
    }
}
