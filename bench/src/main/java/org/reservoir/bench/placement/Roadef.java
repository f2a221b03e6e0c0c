package org.reservoir.bench.placement;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.reservoir.bench.Report;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.roadef.Instance;
import org.reservoir.placement.roadef.Reassignment;
import org.reservoir.placement.roadef.Referee;

/**
 * {@code placement.roadef}: the original assignment is the file {@code assignment_x.txt} beside each {@code model_x.txt}; all
 * is judged by the referee. Seconds are processor time, of each searching thread ({@code --seconds}) or of all together ({@code --cpu}), since the machine may
 * have other work; none takes more than {@code PATIENCE} times as long on the wall. The peer has one thread and gets the time of all.
 */
public final class Roadef {
    private static final double PATIENCE = 20;
    private static final double LONGEST = 1e6;
    private static final int MOST_THREADS = 256;
    private static final String USE = "Name files of instances, as in: bin/bench placement.roadef --seconds 30 model_a1_1.txt; beside each lies its assignment_a1_1.txt.";

    private Roadef() {}

    private record Options(double each, double all, int threads, long seed, boolean peer, List<Path> models) {
        static Options of(List<String> arguments) {
            double each = 300;
            double all = 0;
            int threads = 2;
            long seed = 1;
            boolean peer = true;
            var models = new ArrayList<Path>();
            for (int i = 0; i < arguments.size(); i++) {
                var word = arguments.get(i);
                if (word.equals("--alone")) {
                    peer = false;
                    continue;
                }
                if (!word.startsWith("--")) {
                    models.add(Path.of(word));
                    continue;
                }
                if (i + 1 == arguments.size()) {
                    throw Refused.invalid("BAD_ARGUMENT", "%s needs a value.".formatted(word), USE);
                }
                var value = arguments.get(++i);
                switch (word) {
                    case "--cpu" -> all = seconds(word, value);
                    case "--seconds" -> each = seconds(word, value);
                    case "--threads" -> threads = threads(value);
                    case "--seed" -> seed = Long.parseLong(value);
                    default -> throw Refused.invalid("BAD_ARGUMENT", "%s is no option.".formatted(word), USE);
                }
            }
            if (models.isEmpty()) {
                throw Refused.invalid("BAD_ARGUMENT", "No instance is named.", USE);
            }
            return new Options(each, all, threads, seed, peer, models);
        }

        private static double seconds(String option, String value) {
            double seconds = Double.parseDouble(value);
            if (!(seconds > 0 && seconds <= LONGEST)) {
                throw Refused.invalid("BAD_ARGUMENT", "%s cannot be %s, it must be more than 0 and at most %.0f.".formatted(option, value, LONGEST), USE);
            }
            return seconds;
        }

        private static int threads(String value) {
            int threads = Integer.parseInt(value);
            if (threads < 1 || threads > MOST_THREADS) {
                throw Refused.invalid("BAD_ARGUMENT", "--threads cannot be %s, there may be 1 to %d.".formatted(value, MOST_THREADS), USE);
            }
            return threads;
        }

        /** Processor time of each thread. */
        double seconds() {
            return all > 0 ? all / threads : each;
        }
    }

    /** What all instances together come to. */
    private static final class Totals {
        private double ours;
        private double theirs;
        private double gaps;
        private int bounded;

        /** Challenge score: 100 (z - best z) / initial z, with the better of the two as best. */
        void add(long initial, long our, long their) {
            ours += 100.0 * (our - Math.min(our, their)) / initial;
            theirs += 100.0 * (their - Math.min(our, their)) / initial;
        }

        void gap(double percent) {
            gaps += percent;
            bounded++;
        }
    }

    public static void run(List<String> arguments, Report report) throws IOException, InterruptedException, ExecutionException {
        var options = Options.of(arguments);
        var totals = new Totals();
        try (var pool = Executors.newFixedThreadPool(options.threads)) {
            for (var model : options.models) {
                measure(model, options, pool, totals, report);
            }
        }
        if (totals.bounded > 0) {
            report.figure("mean gap to the lower bound", totals.gaps / totals.bounded, "%");
        }
        if (options.peer) {
            report.figure("sum of challenge scores against the better of both", totals.ours, "points");
            report.figure("sum of challenge scores against the better of both, Timefold", totals.theirs, "points");
        }
    }

    private static void measure(Path model, Options options, ExecutorService pool, Totals totals, Report report)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        var name = model.getFileName().toString().replace("model_", "").replace(".txt", "");
        var instance = Instance.parse(model.toString(), read(model));
        var original = model.resolveSibling("assignment_" + name + ".txt");
        var before = instance.assignment(original.toString(), read(original));
        var referee = new Referee(instance, before);
        referee.violations(before).stream().findFirst().ifPresent(broken -> {
            throw Refused.invalid("BAD_ARGUMENT", "%s breaks a rule of %s: %s.".formatted(original, model, broken), "An original assignment keeps all rules.");
        });
        long initial = referee.cost(before);
        report.figure(name + ": initial cost", initial, "cost");
        var found = Reassignment.search(instance, before, options.threads, options.seed, processorTime(options.seconds()), work -> together(pool, work));
        long cost = referee.cost(found);
        report.figure(name + ": cost", cost, "cost");
        report.figure(name + ": rules broken", referee.violations(found).size(), "rules");
        report.figure(name + ": time on the wall", (System.nanoTime() - start) / 1e9, "s");
        bound(name, instance.lowerBound(), cost, totals, report);
        if (options.peer) {
            double seconds = options.seconds() * options.threads;
            var theirs = Timefold.solve(instance, before, seconds, PATIENCE * seconds);
            long their = referee.violations(theirs).isEmpty() ? referee.cost(theirs) : initial;
            report.figure(name + ": cost, Timefold", their, "cost");
            report.figure(name + ": above Timefold", 100.0 * (cost - their) / their, "%");
            report.figure(name + ": challenge score, ours less Timefold's", 100.0 * (cost - their) / initial, "points");
            totals.add(initial, cost, their);
        }
    }

    /** Whatever bytes it holds: those that are no numbers are told as such. */
    private static String read(Path file) throws IOException {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw Refused.invalid("BAD_ARGUMENT", Files.exists(file) ? "%s is no file that can be read.".formatted(file) : "There is no file '%s'.".formatted(file), USE);
        }
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    private static void bound(String name, long bound, long cost, Totals totals, Report report) {
        report.figure(name + ": lower bound", bound, "cost");
        if (bound > 0) {
            double gap = 100.0 * (cost - bound) / bound;
            report.figure(name + ": gap to the lower bound", gap, "%");
            totals.gap(gap);
        }
    }

    private static Reassignment.Budget processorTime(double seconds) {
        var threads = ManagementFactory.getThreadMXBean();
        return () -> {
            long cpu = threads.getCurrentThreadCpuTime();
            long wall = System.nanoTime();
            return () -> Math.max(threads.getCurrentThreadCpuTime() - cpu, (System.nanoTime() - wall) / PATIENCE) / 1e9 / seconds;
        };
    }

    private static void together(ExecutorService pool, List<Runnable> work) {
        try {
            for (var ended : pool.invokeAll(work.stream().<Callable<Object>>map(Executors::callable).toList())) {
                ended.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("a walk did not end", e);
        }
    }
}
