package org.reservoir.placement.policy;

import org.reservoir.kernel.Refused;
import org.reservoir.placement.State;

/**
 * Failure headroom, N+k: were the {@code failures} largest hosts lost, the others would have room for everything, in sums over each
 * resource. 1000 points are an average host's worth that is missing. Whether each VEE of a lost host really finds a place is a question of admission.
 *
 * @param usedOnly hosts without VEEs do not count, for they sleep: to be said beside {@link PowerSaving}
 */
public record Headroom(int failures, boolean usedOnly) implements Goal {
    public Headroom {
        if (failures < 0) {
            throw Refused.invalid("BAD_GOAL", "Headroom for %d failures.".formatted(failures), "");
        }
    }

    @Override
    public Terms terms(State state) {
        return Terms.ofSpare(new Terms.Spare(failures, usedOnly, 1000));
    }

    @Override
    public String name() {
        return "missing headroom";
    }
}
