package org.reservoir.bench.placement;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.reservoir.bench.Report;
import org.reservoir.placement.Checker;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Plan;
import org.reservoir.placement.Planner;
import org.reservoir.placement.Rates;
import org.reservoir.placement.Replay;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.LocalSearch;
import org.reservoir.placement.search.Problem;

/**
 * {@code placement.repair}: hosts that are promised too much, and hosts to be emptied for maintenance, beside BtrPlace 1.9.3 in the same run. Each is run some times in one
 * process: the first run is that of one that has just begun, where most of the CPU is the compiler's, the last that of a server that runs.
 */
public final class Repairs {
    private static final int RUNS = 5;
    private static final int HOSTS = 1_000;
    private static final int VEES = 5_000;
    private static final int OVERLOADED = 45;
    private static final int SERVICED = 20;

    private Repairs() {}

    public static void run(List<String> arguments, Report report) {
        boolean whole = arguments.contains("--whole");
        var placed = Cases.placed(VEES, HOSTS, 0.4, 0.7, 3);
        var overloaded = Cases.overloaded(placed, OVERLOADED, 3);
        var ours = ours("overload", overloaded, report);
        var theirs = theirs("overload", () -> new BtrPlace(placed, overloaded, Set.of(), true).migrations(), report);
        report.figure("overload: CPU of BtrPlace for one of ours, both for the first time", theirs[0] / ours[0], "");
        report.figure("overload: CPU of BtrPlace for one of ours, both for the %dth time".formatted(RUNS), theirs[RUNS - 1] / ours[RUNS - 1], "");

        var serviced = LongStream.rangeClosed(1, SERVICED).boxed().collect(Collectors.toSet());
        var maintenance = placed.with(placed.vees(), Stream.concat(placed.constraints().stream(),
                Stream.of(new Constraint.Ban(Constraint.EVERYONE, serviced, new Constraint.Origin("it is to be serviced", "end its service")))).toList());
        report.figure("maintenance: VEEs on the hosts to be emptied", placed.vees().stream().filter(vee -> serviced.contains(vee.host())).count(), "");
        ours("maintenance", maintenance, report);
        theirs("maintenance", () -> new BtrPlace(placed, placed, serviced, true).migrations(), report);
        if (whole) {
            theirs("maintenance, without its repair mode", () -> new BtrPlace(placed, placed, serviced, false).migrations(), report);
        }
    }

    /** @return CPU seconds of each run */
    private static double[] ours(String name, Snapshot snapshot, Report report) {
        report.progress(name);
        var seconds = new double[RUNS];
        for (int run = 1; run <= RUNS; run++) {
            long cpu = Replanning.cpu();
            long start = System.nanoTime();
            var solution = new LocalSearch().solve(Problem.of(snapshot, List.of(), Objective.FEW_MOVES), Budget.ofIterations(1, 0));
            var plan = Planner.plan(snapshot, solution.places(), Rates.USUAL);
            seconds[run - 1] = (Replanning.cpu() - cpu) / 1e9;
            report.figure("%s: run %d, CPU of the process%s".formatted(name, run, when(run)), seconds[run - 1], "s");
            report.figure("%s: run %d, wall".formatted(name, run), (System.nanoTime() - start) / 1e9, "s");
            if (run == RUNS) {
                tell(name, snapshot, plan, report);
            }
        }
        return seconds;
    }

    private static String when(int run) {
        return run == 1 ? " (cold)" : run == RUNS ? " (warm)" : "";
    }

    private static void tell(String name, Snapshot snapshot, Plan plan, Report report) {
        report.figure(name + ": migrations", plan.migrations(), "");
        report.figure(name + ": constraints broken before", new Checker(snapshot).violations(snapshot.vees(), List.of()).size(), "");
        report.figure(name + ": constraints broken afterwards", new Checker(snapshot).violations(Replay.outcome(snapshot, List.of(), plan), List.of()).size(), "");
        report.figure(name + ": newly broken at some moment", Replay.violations(snapshot, List.of(), plan).size(), "");
    }

    private static double[] theirs(String name, Supplier<OptionalLong> peer, Report report) {
        report.progress(name + ", BtrPlace");
        var seconds = new double[RUNS];
        for (int run = 1; run <= RUNS; run++) {
            long cpu = Replanning.cpu();
            var migrations = peer.get();
            seconds[run - 1] = (Replanning.cpu() - cpu) / 1e9;
            report.figure("%s: BtrPlace 1.9.3, run %d, CPU of the process%s".formatted(name, run, when(run)), seconds[run - 1], "s");
            if (run == RUNS) {
                report.figure(name + ": BtrPlace 1.9.3, migrations" + (migrations.isPresent() ? "" : " (no plan)"), migrations.isPresent() ? migrations.getAsLong() : Double.NaN, "");
            }
        }
        return seconds;
    }
}
