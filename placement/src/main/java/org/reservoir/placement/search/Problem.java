package org.reservoir.placement.search;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.Demand;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.policy.Objective;

/**
 * What a solver is asked.
 *
 * @param snapshot  hosts, the VEEs on them, constraints. What is broken now shall be repaired, with as few moves as can be; no new breach is allowed
 * @param waiting   demands without a place
 * @param objective what is better
 * @param mostMoves of VEEs that have a place, at most so many may end on another host
 * @param scope     what may change; all when empty. What is outside stays where the known solution has it, or where it is
 * @param known     a solution that is known already, to begin with and to do better than
 */
public record Problem(Snapshot snapshot, List<Demand> waiting, Objective objective, int mostMoves, Optional<Scope> scope, Optional<Solution> known) {

    /** Only these VEEs may move or be placed, and only onto these hosts. Ids. */
    public record Scope(Set<Long> vees, Set<Long> hosts) {
        public Scope {
            vees = Set.copyOf(vees);
            hosts = Set.copyOf(hosts);
        }
    }

    /** @throws Refused {@code BAD_PROBLEM} when a demand is placed already or a number makes no sense */
    public Problem {
        waiting = List.copyOf(waiting);
        if (mostMoves < 0) {
            throw Refused.invalid("BAD_PROBLEM", "At most %d moves.".formatted(mostMoves), "Give 0 or more.");
        }
        var seen = HashSet.<Long>newHashSet(waiting.isEmpty() ? 0 : snapshot.vees().size() + waiting.size());
        if (!waiting.isEmpty()) {
            snapshot.vees().forEach(vee -> seen.add(vee.demand().id()));
        }
        for (var demand : waiting) {
            if (!seen.add(demand.id())) {
                throw Refused.invalid("BAD_PROBLEM", "VEE %d waits twice, or waits and has a place.".formatted(demand.id()), "");
            }
            if (demand.amounts().size() != snapshot.resources().size()) {
                throw Refused.invalid("BAD_PROBLEM", "VEE %d asks for %d resources of %d.".formatted(demand.id(), demand.amounts().size(), snapshot.resources().size()), "");
            }
        }
    }

    public static Problem of(Snapshot snapshot, List<Demand> waiting, Objective objective) {
        return new Problem(snapshot, waiting, objective, Integer.MAX_VALUE, Optional.empty(), Optional.empty());
    }

    public Problem movingAtMost(int moves) {
        return new Problem(snapshot, waiting, objective, moves, scope, known);
    }

    public Problem knowing(Solution solution) {
        return new Problem(snapshot, waiting, objective, mostMoves, scope, Optional.of(solution));
    }

    public Problem within(Scope scope) {
        return new Problem(snapshot, waiting, objective, mostMoves, Optional.of(scope), known);
    }
}
