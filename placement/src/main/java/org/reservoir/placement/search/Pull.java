package org.reservoir.placement.search;

import org.reservoir.placement.State;

/** A pull towards full hosts, for searches that are to empty others: what the objective does not say until a host is empty. */
final class Pull {
    private final State state;
    private final double[] of;
    private double strength;
    private double sum;

    Pull(State state) {
        this.state = state;
        of = new double[state.hosts()];
    }

    /** Pulls that strongly from now on; 0 for not at all. */
    void begin(double strength) {
        this.strength = strength;
        sum = 0;
        for (int h = 0; h < of.length && pulls(); h++) {
            of[h] = fullness(h);
            sum += of[h];
        }
    }

    boolean pulls() {
        return strength != 0;
    }

    double energy() {
        return strength * sum;
    }

    void changed(int host) {
        if (pulls()) {
            double there = fullness(host);
            sum += there - of[host];
            of[host] = there;
        }
    }

    /** Less for full hosts: minus the square of the mean load. */
    private double fullness(int host) {
        double loads = 0;
        for (int r = 0; r < state.resources(); r++) {
            long there = state.promised(host, r);
            loads += there == 0 ? 0 : (double) state.used(host, r) / there;
        }
        return -loads * loads;
    }
}
