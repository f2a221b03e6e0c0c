package org.reservoir.bench.placement;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.reservoir.bench.Report;
import org.reservoir.placement.Checker;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.LocalSearch;
import org.reservoir.placement.search.Neighbourhoods;
import org.reservoir.placement.search.Portfolio;
import org.reservoir.placement.search.Problem;
import org.reservoir.placement.search.Solution;
import org.reservoir.placement.search.Solver;
import org.reservoir.solvers.CpSatSolver;
import org.reservoir.solvers.MipSolver;

/**
 * {@code placement.optimal}: power saving, ten times the watts of hosts in use and the GiB that are moved. Our search and the portfolio beside CP-SAT alone, CBC alone and
 * OpenNebula's OneDRS, whose objective is the number of hosts. Instances of our own generator; CP-SAT proves the optimum of the small one in the run.
 */
public final class Optimal {
    private static final double POINT = 1000;
    private static final int THREADS = 2;
    /** Aims: within 2.3 % of the optimum, and its proof. */
    private static final double SEARCH_SECONDS = 2;
    private static final double PROOF_SECONDS = 20;

    private Optimal() {}

    public static void run(List<String> arguments, Report report) {
        boolean alone = !arguments.contains("--ours");
        small(report, alone);
        large(report, alone);
    }

    private static void small(Report report, boolean alone) {
        var snapshot = Cases.placed(200, 30, 0.4, 0.6, 42);
        var problem = Cases.powerSaving(snapshot, 42);
        var searched = tell("200 x 30: local search", new LocalSearch(), problem, SEARCH_SECONDS, report);
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            long start = System.nanoTime();
            var proved = tell("200 x 30: portfolio", new Portfolio(new LocalSearch(), List.of(new CpSatSolver(THREADS)), threads), problem, PROOF_SECONDS, report);
            optimum(searched, proved, (System.nanoTime() - start) / 1e9, report);
        }
        if (alone) {
            others("200 x 30", snapshot, problem, PROOF_SECONDS, report);
        }
    }

    /** What is aimed at, in a line each: how far the search is from the optimum, and how long its proof takes. */
    private static void optimum(Solution searched, Solution proved, double seconds, Report report) {
        report.figure("200 x 30: the optimum", proved.optimal() ? proved.cost() / POINT : Double.NaN, proved.optimal() ? "proved in this run" : "not proved within %.0f s".formatted(PROOF_SECONDS));
        report.figure("200 x 30: proved after (aim 20 s)", proved.optimal() ? seconds : Double.NaN, "s");
        double bound = proved.optimal() ? proved.cost() : proved.bound() == Long.MIN_VALUE ? Double.NaN : proved.bound();
        report.figure("200 x 30: local search after %.0f s above the %s (aim 2.3 %%)".formatted(SEARCH_SECONDS, proved.optimal() ? "optimum" : "lower bound"), 100 * (searched.cost() - bound) / bound, "%");
    }

    private static void large(Report report, boolean alone) {
        var snapshot = Cases.placed(1000, 100, 0.4, 0.6, 42);
        var problem = Cases.powerSaving(snapshot, 42);
        tell("1000 x 100: local search", new LocalSearch(), problem, 30, report);
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            tell("1000 x 100: portfolio, CP-SAT on parts", new Portfolio(new LocalSearch(), List.of(new Neighbourhoods(new CpSatSolver(1))), threads), problem, 30, report);
        }
        if (alone) {
            others("1000 x 100", snapshot, problem, 30, report);
        }
    }

    private static void others(String size, Snapshot snapshot, Problem problem, double seconds, Report report) {
        tell(size + ": CP-SAT alone", new CpSatSolver(THREADS), problem, seconds, report);
        tell(size + ": CBC alone", MipSolver.cbc(), problem, seconds, report);
        var name = size + ": OneDRS PACK";
        report.progress(name);
        long start = System.nanoTime();
        new OneDrs(snapshot).places(seconds).ifPresentOrElse(places -> tell(name, snapshot, Solution.of(problem, name, places, Long.MIN_VALUE, false), start, report),
                () -> report.figure(name + ": no answer in time", Double.NaN, ""));
    }

    private static Solution tell(String name, Solver solver, Problem problem, double seconds, Report report) {
        report.progress(name);
        long start = System.nanoTime();
        var budget = Budget.until(1, System::nanoTime, start + (long) (seconds * 1e9));
        var found = new ConcurrentHashMap<Long, Long>(); // first met when; solvers of a portfolio tell by turns
        var solution = solver.solve(problem, budget, better -> found.putIfAbsent(better.cost(), System.nanoTime() - start));
        solution.faults().forEach(report::progress);
        report.figure(name + ": its best was found after", found.getOrDefault(solution.cost(), System.nanoTime() - start) / 1e9, "s");
        tell(name, problem.snapshot(), solution, start, report);
        return solution;
    }

    private static void tell(String name, Snapshot snapshot, Solution solution, long start, Report report) {
        report.figure(name + ": wall", (System.nanoTime() - start) / 1e9, "s");
        report.figure(name + ": cost", solution.cost() / POINT, "");
        report.figure(name + ": hosts in use", solution.places().stream().map(VeeView::host).distinct().count(), "hosts");
        report.figure(name + ": migrations", solution.moves(), "");
        report.figure(name + ": lower bound", solution.bound() == Long.MIN_VALUE ? Double.NaN : solution.bound() / POINT, "");
        report.figure(name + ": proved optimal", solution.optimal() ? 1 : 0, "");
        report.figure(name + ": constraints broken", new Checker(snapshot).worsened(solution.places(), List.of()).size(), "");
    }
}
