package org.reservoir.bench.placement;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.reservoir.bench.Report;
import org.reservoir.placement.roadef.Instance;
import org.reservoir.placement.roadef.Reassignment;
import org.reservoir.placement.roadef.Referee;

/**
 * {@code placement.roadef}: {@code [--seconds N] [--threads N] model_x.txt …}; the original assignment is the file
 * {@code assignment_x.txt} beside each model. One line per instance, judged by the referee.
 */
public final class Roadef {
    private Roadef() {}

    public static void run(List<String> arguments, Report report) throws IOException, InterruptedException, ExecutionException {
        double seconds = 300;
        int threads = 2;
        var models = new ArrayList<Path>();
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "--seconds" -> seconds = Double.parseDouble(arguments.get(++i));
                case "--threads" -> threads = Integer.parseInt(arguments.get(++i));
                default -> models.add(Path.of(arguments.get(i)));
            }
        }
        for (var model : models) {
            solve(model, seconds, threads, report);
        }
    }

    /** Seconds on the wall, or of the searching thread's CPU when the machine has other work. */
    private static Reassignment.Budget clock(double seconds, boolean cpu) {
        LongSupplier nanos = cpu ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime : System::nanoTime;
        long start = nanos.getAsLong();
        return () -> (nanos.getAsLong() - start) / 1e9 / seconds;
    }

    private static void solve(Path model, double seconds, int threads, Report report) throws IOException, InterruptedException, ExecutionException {
        long start = System.nanoTime();
        var name = model.getFileName().toString().replace("model_", "").replace(".txt", "");
        var instance = Instance.parse(Files.readString(model));
        var before = instance.assignment(Files.readString(model.resolveSibling("assignment_" + name + ".txt")));
        var referee = new Referee(instance, before);
        int[] best = before;
        double left = seconds;
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var searches = new ArrayList<Future<int[]>>();
            for (int seed = 1; seed <= threads; seed++) {
                long number = seed;
                searches.add(pool.submit(() -> Reassignment.search(instance, before, number, clock(left, Boolean.getBoolean("cpu")))));
            }
            for (var search : searches) {
                best = referee.cost(search.get()) < referee.cost(best) ? search.get() : best;
            }
        }
        long bound = instance.lowerBound();
        List<String> violations = referee.violations(best);
        report.figure(name + ": initial cost", referee.cost(before), "cost");
        report.figure(name + ": cost", referee.cost(best), "cost");
        report.figure(name + ": lower bound", bound, "cost");
        report.figure(name + ": gap to the lower bound", bound == 0 ? 0 : 100.0 * (referee.cost(best) - bound) / bound, "%");
        report.figure(name + ": rules broken", violations.size(), "rules");
        report.figure(name + ": time", (System.nanoTime() - start) / 1e9, "s");
    }
}
