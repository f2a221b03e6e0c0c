package org.reservoir.interfaces.smi;

import java.util.List;
import java.util.Optional;

import org.reservoir.interfaces.vmi.Placements;
import org.reservoir.kernel.Capacity;

/**
 * What a submission would do.
 *
 * @param steps    in the order in which they would be begun
 * @param findings about the manifest
 * @param least    capacity at the fewest replicas, {@code first} at the initial ones, {@code most} at the most
 * @param admission whether it would be taken in, where that is asked
 */
public record ServicePlan(List<Step> steps, List<Finding> findings, Demanded least, Demanded first, Demanded most, Optional<Placements.Verdict> admission) {
    public ServicePlan {
        steps = List.copyOf(steps);
        findings = List.copyOf(findings);
    }

    public ServicePlan with(Optional<Placements.Verdict> verdict) {
        return new ServicePlan(steps, findings, least, first, most, verdict);
    }

    public record Step(int order, String component, String what) {}

    /** @param hourly price per hour by the price book in force, when there is one */
    public record Demanded(int replicas, Capacity capacity, Optional<String> hourly) {}
}
