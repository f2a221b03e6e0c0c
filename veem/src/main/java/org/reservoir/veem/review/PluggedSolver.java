package org.reservoir.veem.review;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.Problem;
import org.reservoir.placement.search.Solution;
import org.reservoir.placement.search.Solver;
import org.reservoir.plugins.PluginFault;
import org.reservoir.plugins.Provided;
import org.reservoir.veem.placing.PlainTerms;

/** A solver of a plug-in. Of its solution only the places are taken, as numbers; what they cost is weighed anew, and the checker judges them. */
public final class PluggedSolver implements Solver {
    private final Provided<Solver> provided;

    public PluggedSolver(Provided<Solver> provided) {
        this.provided = provided;
    }

    @Override
    public String name() {
        return provided.name();
    }

    /** @throws IllegalStateException when the plug-in failed; it is fenced off then, and the portfolio goes on without it */
    @Override
    public Solution solve(Problem problem, Budget budget, Consumer<Solution> better) {
        try {
            var answer = provided.call(solver -> PlainTerms.said(() -> solver.declines(problem).isPresent() ? now(problem) : places(solver.solve(problem, budget), problem)));
            var places = answer.orElseLie(provided);
            var demands = demands(problem);
            return Solution.of(problem, name(), Arrays.stream(places).map(place -> new VeeView(demands.get(place[0]), place[1])).toList(), Long.MIN_VALUE, false);
        } catch (PluginFault fault) {
            throw new IllegalStateException(fault.getMessage(), fault);
        }
    }

    private static long[][] now(Problem problem) {
        return numbers(problem.snapshot().vees().stream());
    }

    private static long[][] numbers(Stream<VeeView> vees) {
        return vees.map(vee -> new long[] {vee.demand().id(), vee.host()}).toArray(long[][]::new);
    }

    /** VEE and host of each place. Every VEE of the problem once at most, on a host of the problem, or it is a lie. */
    public static long[][] places(Solution solution, Problem problem) {
        var places = numbers(solution.places().stream());
        var left = demands(problem);
        var hosts = problem.snapshot().hosts().stream().map(HostView::id).collect(Collectors.toSet());
        for (var place : places) {
            if (left.remove(place[0]) == null) {
                throw new PlainTerms.Lie("placed VEE %d, which is not asked for or has a place already".formatted(place[0]));
            }
            if (!hosts.contains(place[1])) {
                throw new PlainTerms.Lie("placed VEE %d on host %d, which is not there".formatted(place[0], place[1]));
            }
        }
        problem.waiting().forEach(demand -> left.remove(demand.id()));
        if (!left.isEmpty()) {
            throw new PlainTerms.Lie("left %d VEEs without their places".formatted(left.size()));
        }
        return places;
    }

    private static Map<Long, Demand> demands(Problem problem) {
        var demands = new HashMap<Long, Demand>();
        problem.snapshot().vees().forEach(vee -> demands.put(vee.demand().id(), vee.demand()));
        problem.waiting().forEach(demand -> demands.put(demand.id(), demand));
        return demands;
    }
}
