package org.reservoir.bench.placement;

import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.reservoir.bench.Report;
import org.reservoir.placement.Checker;
import org.reservoir.placement.Plan;
import org.reservoir.placement.Planner;
import org.reservoir.placement.Rates;
import org.reservoir.placement.Replay;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.policy.FewMoves;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.policy.PowerProfile;
import org.reservoir.placement.policy.PowerSaving;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.LocalSearch;
import org.reservoir.placement.search.Problem;
import org.reservoir.placement.search.Solution;

/** {@code placement.replan}: many VEEs on hosts of four sizes, some in anti-affinity groups, consolidated, with an ordered plan. */
public final class Replanning {
    private static final int RUNS = 3;
    private static final Objective SAVING = Objective.of(new PowerSaving(Map.of(), new PowerProfile(110, 110, 0, 0)), 1).and(new FewMoves(0.01, 0, 1), 1);

    private Replanning() {}

    public static void run(List<String> arguments, Report report) {
        int vees = arguments.isEmpty() ? 100_000 : Integer.parseInt(arguments.getFirst());
        var snapshot = Cases.mixed(vees, vees / 10, 0.04, 0.45, 1);
        for (int run = 1; run <= RUNS; run++) {
            report.progress("run %d of %d".formatted(run, RUNS));
            once(snapshot, run == RUNS, "run %d: ".formatted(run), report);
        }
    }

    private static void once(Snapshot snapshot, boolean replay, String name, Report report) {
        long cpu = cpu();
        long start = System.nanoTime();
        var solution = new LocalSearch().solve(Problem.of(snapshot, List.of(), SAVING), Budget.ofIterations(1, 0));
        long solved = System.nanoTime();
        var plan = Planner.plan(snapshot, solution.places(), Rates.USUAL);
        long planned = System.nanoTime();
        report.figure(name + "placement and plan, wall", (planned - start) / 1e9, "s");
        report.figure(name + "placement and plan, CPU of the process", (cpu() - cpu) / 1e9, "s");
        report.figure(name + "of it the plan, wall", (planned - solved) / 1e9, "s");
        if (replay) {
            tell(snapshot, solution, plan, report);
        }
    }

    private static void tell(Snapshot snapshot, Solution solution, Plan plan, Report report) {
        long used = solution.places().stream().map(VeeView::host).distinct().count();
        int bound = bound(snapshot);
        report.figure("hosts in use before", snapshot.vees().stream().map(VeeView::host).distinct().count(), "hosts");
        report.figure("hosts in use after", used, "hosts");
        report.figure("hosts in use after, of the lower bound", (double) used / bound, "");
        report.figure("migrations", plan.migrations(), "");
        report.figure("moves without a safe order", plan.unfinished().size(), "");
        report.figure("constraints broken at some moment of the plan", Replay.violations(snapshot, List.of(), plan).size(), "");
        report.figure("constraints broken in the end", new Checker(snapshot).worsened(solution.places(), List.of()).size(), "");
        report.figure("length of the plan", plan.length().toSeconds(), "s");
    }

    /** So many of the largest hosts are needed for the sums of all VEEs, resource by resource. */
    private static int bound(Snapshot snapshot) {
        return IntStream.range(0, snapshot.resources().size()).map(r -> {
            long missing = snapshot.vees().stream().mapToLong(vee -> vee.demand().amounts().at(r)).sum();
            int hosts = 0;
            for (var host : snapshot.hosts().stream().sorted(Comparator.comparingLong(it -> -it.promised(r))).toList()) {
                if (missing <= 0) {
                    break;
                }
                missing -= host.promised(r);
                hosts++;
            }
            return hosts;
        }).max().orElse(0);
    }

    static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
