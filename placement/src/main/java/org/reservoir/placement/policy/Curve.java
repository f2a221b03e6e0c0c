package org.reservoir.placement.policy;

import org.reservoir.kernel.Refused;

/**
 * A convex cost of how full hosts are of one resource: straight between its corners, going on with its last slope.
 *
 * @param weight of each host
 * @param load   of the corners, ascending from 0: used divided by what may be promised
 * @param cost   at the corners, for weight 1
 */
public record Curve(int resource, double[] weight, double[] load, double[] cost) {
    public Curve {
        if (load.length < 2 || load.length != cost.length || load[0] != 0) {
            throw Refused.invalid("BAD_GOAL", "A curve needs two corners or more, the first at load 0.", "");
        }
        for (int i = 2; i < load.length; i++) {
            if (!(slope(load, cost, i) >= slope(load, cost, i - 1))) {
                throw Refused.invalid("BAD_GOAL", "A curve must be convex; at load %s it is not.".formatted(load[i - 1]), "");
            }
        }
    }

    private static double slope(double[] load, double[] cost, int corner) {
        return (cost[corner] - cost[corner - 1]) / (load[corner] - load[corner - 1]);
    }

    /** Cost per load between the corners {@code piece} and {@code piece + 1}. */
    public double slope(int piece) {
        return slope(load, cost, piece + 1);
    }

    public int pieces() {
        return load.length - 1;
    }

    public double at(int host, double loaded) {
        int piece = 0;
        while (piece < load.length - 2 && loaded > load[piece + 1]) {
            piece++;
        }
        return weight[host] * (cost[piece] + slope(piece) * (loaded - load[piece]));
    }
}
