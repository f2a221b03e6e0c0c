package org.reservoir.placement.admission;

import java.util.Arrays;
import java.util.random.RandomGenerator;

import org.reservoir.placement.State;

/**
 * The moments at which at least so many hosts are down: how much of all time they are, and one of them drawn by lot. Hosts fail each by itself here; whether one is down is drawn given what is still
 * needed of those after it (sampling a sum of independent trials under a condition; Chen and Liu 1997, "Statistical applications of the Poisson-binomial and conditional Bernoulli distributions").
 */
final class ManyDown {
    private final double[] down;
    /** By host and by count: that at least so many of this host and those after it are down. */
    private final double[][] atLeast;

    /** @param count hosts that are down at least */
    ManyDown(State state, Failures failures, int count) {
        down = new double[state.hosts()];
        Arrays.setAll(down, host -> failures.chance(state.host(host).id()));
        atLeast = new double[down.length + 1][count + 1];
        atLeast[down.length][0] = 1;
        for (int host = down.length - 1; host >= 0; host--) {
            atLeast[host][0] = 1;
            for (int needed = 1; needed <= count; needed++) {
                atLeast[host][needed] = down[host] * atLeast[host + 1][needed - 1] + (1 - down[host]) * atLeast[host + 1][needed];
            }
        }
    }

    /** Of the most hosts that are still down together that often; 0 when that is none. */
    static ManyDown thatOften(State state, Failures failures, double chance) {
        double mean = 0;
        for (int host = 0; host < state.hosts(); host++) {
            mean += failures.chance(state.host(host).id());
        }
        // Chebyshev's inequality: further off than that it is not even so often
        int most = (int) Math.min(state.hosts(), Math.ceil(mean + Math.sqrt(mean / chance)));
        var all = new ManyDown(state, failures, most);
        int count = most;
        while (all.atLeast[0][count] < chance) {
            count--;
        }
        return new ManyDown(state, failures, count);
    }

    int count() {
        return atLeast[0].length - 1;
    }

    /** How much of all time that is. */
    double chance() {
        return atLeast[0][count()];
    }

    /** Hosts that are down at such a moment. */
    int[] drawn(RandomGenerator random) {
        var drawn = new int[8];
        int count = 0;
        for (int host = 0; host < down.length; host++) {
            int needed = Math.max(0, count() - count);
            double chance = needed == 0 ? down[host] : down[host] * atLeast[host + 1][needed - 1] / atLeast[host][needed];
            if (random.nextDouble() < chance) {
                drawn = count == drawn.length ? Arrays.copyOf(drawn, 2 * count) : drawn;
                drawn[count++] = host;
            }
        }
        return Arrays.copyOf(drawn, count);
    }
}
