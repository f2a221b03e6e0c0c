package org.reservoir.placement.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Decision;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.Placer;
import org.reservoir.placement.Policy;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.LocalSearch;
import org.reservoir.placement.search.Problem;

/** What would give a refused demand a place, tried out: few moves of others, or one constraint less. In sentences; the least first. */
public final class Remedies {
    private static final int MOST_MOVES = 4;

    private Remedies() {}

    public static List<String> of(Snapshot snapshot, Demand demand) {
        var remedies = new ArrayList<String>();
        moves(snapshot, demand).ifPresent(remedies::add);
        for (var constraint : snapshot.constraints()) {
            var without = snapshot.constraints().stream().filter(other -> other != constraint).toList();
            if (constraint.binds(demand) && Placer.open(snapshot.with(snapshot.vees(), without)).place(demand, Policy.PACKING) instanceof Decision.Placed placed) {
                remedies.add("without the constraint %s of %s it would fit on %s".formatted(constraint.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT),
                        constraint.group().equals(Constraint.EVERYONE) ? "all VEEs" : "group " + constraint.group(), name(snapshot, placed.host())));
            }
        }
        return remedies;
    }

    /** The fewest that the search finds. */
    private static Optional<String> moves(Snapshot snapshot, Demand demand) {
        var solution = new LocalSearch().solve(Problem.of(snapshot, List.of(demand), Objective.FEW_MOVES).movingAtMost(MOST_MOVES), Budget.ofIterations(1, 0));
        var place = solution.places().stream().filter(vee -> vee.demand().equals(demand)).findFirst();
        var before = snapshot.vees().stream().collect(Collectors.toMap(vee -> vee.demand().id(), VeeView::host));
        var moved = solution.places().stream().filter(vee -> before.containsKey(vee.demand().id()) && before.get(vee.demand().id()) != vee.host())
                .map(vee -> "VEE %d from %s to %s".formatted(vee.demand().id(), name(snapshot, before.get(vee.demand().id())), name(snapshot, vee.host()))).toList();
        return place.filter(_ -> !moved.isEmpty()).map(vee -> "move %s; then %s takes it".formatted(String.join(" and ", moved), name(snapshot, vee.host())));
    }

    private static String name(Snapshot snapshot, long host) {
        return snapshot.hosts().stream().filter(it -> it.id() == host).map(HostView::name).findFirst().orElse("host " + host);
    }
}
