package org.reservoir.placement.plan;

import org.reservoir.kernel.Refused;
import org.reservoir.placement.Rates;
import org.reservoir.placement.policy.Objective;

/**
 * What a review is to aim at.
 *
 * @param mostMoves migrations that one plan may ask for
 * @param leastGain what a change must gain, as a part of what the present costs; 0 for anything. What must be mended and who waits is always worth it
 * @param rates     as measured
 */
public record Order(Objective objective, int mostMoves, double leastGain, Rates rates) {
    public Order {
        if (!(leastGain >= 0 && leastGain <= 1) || mostMoves < 0) {
            throw Refused.invalid("BAD_ORDER", "A plan of at most %d moves that gains at least %s.".formatted(mostMoves, leastGain), "Moves are 0 or more, the gain is between 0 and 1.");
        }
    }
}
