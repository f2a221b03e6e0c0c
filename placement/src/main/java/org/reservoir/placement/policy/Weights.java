package org.reservoir.placement.policy;

import java.util.List;

import org.reservoir.kernel.Refused;

/** What a number of a goal may be. By itself, and not in {@link Objective}: that has a constant made of a goal, so a goal that asked it first would be made before itself. */
final class Weights {
    private Weights() {}

    /** @throws Refused {@code BAD_GOAL} */
    static void require(String whose, List<Double> weights) {
        for (double weight : weights) {
            if (!(weight >= 0 && weight <= 1e9)) {
                throw Refused.invalid("BAD_GOAL", "The number %s for %s is not between 0 and 1000000000.".formatted(weight, whose), "");
            }
        }
    }
}
