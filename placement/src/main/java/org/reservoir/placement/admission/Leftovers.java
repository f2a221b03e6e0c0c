package org.reservoir.placement.admission;

import org.reservoir.placement.Amounts;
import org.reservoir.placement.State;

/** What is left of each host in one trial: what the state says, until somebody is put there or taken away. A new trial costs nothing. */
final class Leftovers {
    private final State state;
    private final long[] left;
    /** In which trial what is left of a host was written. */
    private final int[] written;
    private int trial;

    Leftovers(State state) {
        this.state = state;
        left = new long[state.hosts() * state.resources()];
        written = new int[state.hosts()];
    }

    /** Everything is as the state says again. */
    void begin() {
        trial++;
    }

    boolean fits(int host, Amounts amounts) {
        for (int r = 0; r < amounts.size(); r++) {
            if (amounts.at(r) > 0 && amounts.at(r) > left(host, r)) {
                return false;
            }
        }
        return true;
    }

    /** How often that fits into what is left. */
    long timesIn(int host, Amounts amounts) {
        long times = Integer.MAX_VALUE;
        for (int r = 0; r < amounts.size(); r++) {
            times = amounts.at(r) > 0 ? Math.min(times, left(host, r) / amounts.at(r)) : times;
        }
        return times;
    }

    /** @param times so often; negative for as often taken */
    void give(int host, Amounts amounts, int times) {
        for (int r = 0; r < state.resources() && written[host] != trial; r++) {
            left[host * state.resources() + r] = state.free(host, r);
        }
        written[host] = trial;
        for (int r = 0; r < amounts.size(); r++) {
            left[host * amounts.size() + r] += times * amounts.at(r);
        }
    }

    private long left(int host, int resource) {
        return written[host] == trial ? left[host * state.resources() + resource] : state.free(host, resource);
    }
}
