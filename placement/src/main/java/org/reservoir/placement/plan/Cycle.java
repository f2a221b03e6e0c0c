package org.reservoir.placement.plan;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.reservoir.placement.Checker;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.Planner;
import org.reservoir.placement.Replay;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.policy.PowerSaving;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.Gains;
import org.reservoir.placement.search.Problem;
import org.reservoir.placement.search.Solution;
import org.reservoir.placement.search.Solver;

/** Looks at everything again: is there a better placement, is it worth its moves, and in which order do they go? */
public final class Cycle {
    private Cycle() {}

    public static Review review(Snapshot snapshot, List<Demand> waiting, Order order, Solver solver, Budget budget) {
        var problem = Problem.of(snapshot, waiting, order.objective()).movingAtMost(order.mostMoves());
        var solution = solver.solve(problem, budget);
        var checker = new Checker(snapshot);
        var broken = checker.worsened(solution.places(), solution.unplaced());
        if (!broken.isEmpty() || solution.moves() > order.mostMoves()) {
            return new Review.Keep("%s offered what is not valid: %d moves, %s".formatted(solver.name(), solution.moves(), broken));
        }
        var now = Solution.of(problem, "now", snapshot.vees(), Long.MIN_VALUE, false);
        var left = checker.violations(solution.places(), List.of());
        boolean needed = solution.unplaced().size() < waiting.size() || left.size() < checker.violations(snapshot.vees(), List.of()).size();
        var sleep = sleep(snapshot, order, solution);
        double gain = now.cost() == 0 ? 0 : (now.cost() - solution.cost()) / (double) Math.abs(now.cost());
        if (solution.moves() == 0 && solution.unplaced().size() == waiting.size() && sleep.isEmpty()) {
            return new Review.Keep("nothing better was found within %d moves".formatted(order.mostMoves()));
        }
        if (!needed && (gain <= 0 && solution.moves() > 0 || gain < order.leastGain())) {
            var what = solution.moves() > 0 ? "%d %s".formatted(solution.moves(), solution.moves() == 1 ? "move" : "moves") : "to put %d idle %s to sleep".formatted(sleep.size(), sleep.size() == 1 ? "host" : "hosts");
            return new Review.Keep("%s would gain %.2f %%, less than the %.2f %% that a change must gain".formatted(what, 100 * gain, 100 * order.leastGain()));
        }
        return change(problem, order, solution, sleep, now, left);
    }

    private static Review change(Problem problem, Order order, Solution solution, Set<Long> sleep, Solution now, List<org.reservoir.placement.Violation> left) {
        var plan = Planner.plan(problem.snapshot(), solution.places(), order.rates(), sleep);
        var starting = problem.waiting().stream().filter(demand -> !solution.unplaced().contains(demand)).toList();
        var unsafe = Replay.violations(problem.snapshot(), starting, plan);
        if (!unsafe.isEmpty()) {
            throw new IllegalStateException("The plan is not safe: %s".formatted(unsafe));
        }
        if (plan.steps().isEmpty() && plan.power().isEmpty()) {
            return new Review.Keep("a better placement is known, but no safe way leads there: %d moves stand in each other's way".formatted(plan.unfinished().size()));
        }
        return new Review.Change(solution, plan, Gains.of(problem, plan), now.points(), solution.points(), left);
    }

    /** With power saving, whoever is awake for nothing. */
    private static Set<Long> sleep(Snapshot snapshot, Order order, Solution solution) {
        if (!order.objective().has(PowerSaving.class)) {
            return Set.of();
        }
        var used = solution.places().stream().map(VeeView::host).collect(Collectors.toSet());
        return snapshot.hosts().stream().filter(host -> host.usable() && !host.asleep()).map(HostView::id).filter(host -> !used.contains(host)).collect(Collectors.toSet());
    }
}
