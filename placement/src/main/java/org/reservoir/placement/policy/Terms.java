package org.reservoir.placement.policy;

import java.util.List;
import java.util.Optional;

/**
 * A goal in numbers, all in points. Costs of hosts depend on that host alone and those of VEEs on that VEE and its host alone,
 * so a move changes few of them.
 *
 * @param whenEmpty of each host without a VEE; an empty array for none
 * @param whenUsed  of each host with one or more; an empty array for none
 * @param curves    of how full hosts are
 * @param ofVee     of a VEE on a host, or without a place
 * @param spare     how much must be left for hosts that fail
 */
public record Terms(double[] whenEmpty, double[] whenUsed, List<Curve> curves, Optional<VeeCost> ofVee, Optional<Spare> spare) {
    private static final double[] NONE = {};

    /** Points of one VEE. */
    public interface VeeCost {
        /**
         * @param vee  its number in the state; one that waits has a number too
         * @param from where it was before anything was decided, or {@link org.reservoir.placement.State#NOWHERE}
         * @param to   where it is to be, or {@code NOWHERE}
         */
        double at(int vee, int from, int to);

        /** No value of {@link #at} for the VEE is further from zero. */
        double most(int vee);
    }

    /**
     * Room on the hosts that count, without the largest of them, for all VEEs, in sums.
     *
     * @param failures how many of the largest are left out
     * @param usedOnly count hosts in use only, for the others are switched off
     * @param points   for room of the size of an average host that is missing
     */
    public record Spare(int failures, boolean usedOnly, double points) {}

    public static Terms ofHosts(double[] whenEmpty, double[] whenUsed, List<Curve> curves) {
        return new Terms(whenEmpty, whenUsed, List.copyOf(curves), Optional.empty(), Optional.empty());
    }

    public static Terms ofVees(VeeCost cost) {
        return new Terms(NONE, NONE, List.of(), Optional.of(cost), Optional.empty());
    }

    public static Terms ofSpare(Spare spare) {
        return new Terms(NONE, NONE, List.of(), Optional.empty(), Optional.of(spare));
    }
}
