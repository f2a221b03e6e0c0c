package org.reservoir.placement;

import java.util.Arrays;

/** Who is on each host, as chains: the first of a host, then the next of each VEE. The order is of no meaning, but the same in each run. */
final class Tenants {
    private final int[] first;
    private int[] next = new int[16];
    private int[] previous = new int[16];

    Tenants(int hosts) {
        first = new int[hosts];
        Arrays.fill(first, State.NOWHERE);
    }

    /** Or {@link State#NOWHERE}. */
    int first(int host) {
        return first[host];
    }

    /** Or {@link State#NOWHERE}. */
    int next(int vee) {
        return next[vee];
    }

    void enter(int vee, int host) {
        if (vee >= next.length) {
            next = Arrays.copyOf(next, Math.max(vee + 1, 2 * vee));
            previous = Arrays.copyOf(previous, next.length);
        }
        next[vee] = first[host];
        previous[vee] = State.NOWHERE;
        if (first[host] != State.NOWHERE) {
            previous[first[host]] = vee;
        }
        first[host] = vee;
    }

    void leave(int vee, int host) {
        if (previous[vee] == State.NOWHERE) {
            first[host] = next[vee];
        } else {
            next[previous[vee]] = next[vee];
        }
        if (next[vee] != State.NOWHERE) {
            previous[next[vee]] = previous[vee];
        }
    }
}
