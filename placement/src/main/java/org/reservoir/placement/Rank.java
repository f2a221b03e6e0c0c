package org.reservoir.placement;

import org.reservoir.kernel.expression.Expression;

/** Which of the hosts that come into question is taken: the one of the highest rank; of equals the first by site, rack and order in the snapshot. */
public sealed interface Rank {
    /** The host with the most VEEs: uses few hosts. */
    Rank PACKING = Simple.PACKING;
    /** The host with the fewest VEEs: spreads them. */
    Rank STRIPING = Simple.STRIPING;
    /** The host with the most CPU not promised. */
    Rank LOAD_AWARE = Simple.LOAD_AWARE;
    /** The host with the highest {@code priority} attribute; without one it is 0. */
    Rank FIXED = Simple.FIXED;

    enum Simple implements Rank { PACKING, STRIPING, LOAD_AWARE, FIXED }

    /** The host on which the VEE costs the least, by the host's {@code cost_cpu} and {@code cost_gib}; of equals that with the fewest VEEs. @param perCpu and {@code perGib} of hosts that do not say */
    record Cheapest(double perCpu, double perGib) implements Rank {}

    /** A number over {@link HostWords}. Hosts for which it is missing come last. */
    record Custom(Expression number) implements Rank {}
}
