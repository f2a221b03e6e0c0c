package org.reservoir.placement.search;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.reservoir.placement.Checker;
import org.reservoir.placement.Demand;
import org.reservoir.placement.VeeView;

/** Looks at every placement that the checker allows: for tiny problems. */
public final class BruteForce {
    private BruteForce() {}

    /** What the best placement costs. */
    public static long cheapest(Problem problem) {
        var all = new ArrayList<Demand>();
        problem.snapshot().vees().forEach(vee -> all.add(vee.demand()));
        all.addAll(problem.waiting());
        long[] least = {Long.MAX_VALUE};
        extend(problem, all, new ArrayList<>(), new ArrayList<>(), places -> {
            var unplaced = problem.waiting().stream().filter(d -> places.stream().noneMatch(vee -> vee.demand().equals(d))).toList();
            if (new Checker(problem.snapshot()).worsened(places, unplaced).isEmpty()) {
                least[0] = Math.min(least[0], Solution.of(problem, "brute force", places, Long.MIN_VALUE, false).cost());
            }
        });
        return least[0];
    }

    private static void extend(Problem problem, List<Demand> all, List<VeeView> places, List<Demand> out, Consumer<List<VeeView>> end) {
        int next = places.size() + out.size();
        if (next == all.size()) {
            end.accept(places);
            return;
        }
        for (var host : problem.snapshot().hosts()) {
            places.add(new VeeView(all.get(next), host.id()));
            extend(problem, all, places, out, end);
            places.removeLast();
        }
        if (problem.waiting().contains(all.get(next))) {
            out.add(all.get(next));
            extend(problem, all, places, out, end);
            out.removeLast();
        }
    }
}
