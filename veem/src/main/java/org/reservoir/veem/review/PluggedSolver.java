package org.reservoir.veem.review;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.reservoir.placement.Checker;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.Problem;
import org.reservoir.placement.search.Solution;
import org.reservoir.placement.search.Solver;
import org.reservoir.plugins.PluginFault;
import org.reservoir.plugins.Provided;
import org.reservoir.plugins.Unfit;
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
            var solution = weighed(name(), answer.orElseLie(provided), problem);
            var breach = breach(solution, problem);
            if (breach.isPresent()) {
                throw provided.lied("lied: " + breach.get());
            }
            return solution;
        } catch (PluginFault fault) {
            throw new IllegalStateException(fault.getMessage(), fault);
        }
    }

    /** A small problem with an answer to judge, before it is asked for real ones. @throws Unfit when the answer is none */
    public static void tryOut(Solver solver, Problem problem, Budget budget) {
        if (solver.declines(problem).isEmpty()) {
            breach(weighed("trial", places(solver.solve(problem, budget), problem), problem), problem).ifPresent(breach -> {
                throw new Unfit(breach);
            });
        }
    }

    private static Solution weighed(String solver, long[][] places, Problem problem) {
        var demands = demands(problem);
        return Solution.of(problem, solver, Arrays.stream(places).map(place -> new VeeView(demands.get(place[0]), place[1])).toList(), Long.MIN_VALUE, false);
    }

    /** What the solution may not do, in words. The portfolio would only pass over it, and ask the same solver again the next time. */
    private static Optional<String> breach(Solution solution, Problem problem) {
        if (solution.moves() > problem.mostMoves()) {
            return Optional.of("moved %d VEEs where %d may move".formatted(solution.moves(), problem.mostMoves()));
        }
        return new Checker(problem.snapshot()).worsened(solution.places(), solution.unplaced()).stream().findFirst().map(violation -> "broke a rule: " + violation.text());
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
                throw new Unfit("placed VEE %d, which is not asked for or has a place already".formatted(place[0]));
            }
            if (!hosts.contains(place[1])) {
                throw new Unfit("placed VEE %d on host %d, which is not there".formatted(place[0], place[1]));
            }
        }
        problem.waiting().forEach(demand -> left.remove(demand.id()));
        if (!left.isEmpty()) {
            throw new Unfit("left %d VEEs without their places".formatted(left.size()));
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
