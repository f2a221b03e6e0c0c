package org.reservoir.bench.placement;

import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import org.reservoir.bench.Report;
import org.reservoir.bench.Scratch;
import org.reservoir.placement.State;
import org.reservoir.placement.policy.Goal;
import org.reservoir.plugins.Budget;
import org.reservoir.plugins.Jars;
import org.reservoir.plugins.Plugins;
import org.reservoir.plugins.Provided;
import org.reservoir.veem.PluggedJars;

/** {@code placement.plugin}: how soon a jar is in force after it was dropped, and what a hundred reloads cost those who ask it meanwhile. */
public final class PluginReload {
    private static final int RELOADS = 100;
    private static final int DROPS = 21;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String NAME = "bench";

    private final Report report;
    private final Path folder;
    private final Plugins plugins;
    private final List<byte[]> versions = new ArrayList<>();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();

    private PluginReload(Report report, Path workshop) throws Exception {
        this.report = report;
        var jars = new Jars(workshop);
        for (int version = 0; version < 2; version++) {
            versions.add(jars.signed(Goal.class, "other.Mine", """
                    package other;
                    import org.reservoir.placement.State;
                    import org.reservoir.placement.policy.*;
                    import java.util.*;
                    public class Mine implements Goal {
                        public String name() { return "version%d"; }
                        public Terms terms(State state) { return Terms.ofHosts(new double[0], new double[state.hosts()], List.of()); }
                    }""".formatted(version)));
        }
        folder = Files.createDirectory(workshop.resolve("plugins"));
        plugins = Plugins.watching(folder, jars::trust, Budget.USUAL, PluggedJars.KINDS, InstantSource.system(), _ -> { });
    }

    public static void run(List<String> arguments, Report report) throws Exception {
        try (var scratch = Scratch.make()) {
            var bench = new PluginReload(report, scratch.folder());
            try (bench.plugins) {
                bench.drops();
                bench.reloads();
            }
        }
    }

    private List<Provided<Goal>> goals() {
        return plugins.of(Goal.class);
    }

    private void drops() throws Exception {
        var seconds = new double[DROPS];
        for (int drop = 0; drop < DROPS; drop++) {
            var draft = Files.write(folder.resolve(NAME + ".new"), versions.get(drop % 2));
            long began = System.nanoTime();
            Files.move(draft, folder.resolve(NAME + ".jar"), StandardCopyOption.ATOMIC_MOVE);
            until("a jar is in force", () -> !goals().isEmpty());
            seconds[drop] = (System.nanoTime() - began) / 1e9;
            Files.delete(folder.resolve(NAME + ".jar"));
            until("it is not any more", () -> goals().isEmpty());
        }
        report.figure("dropped to in force, the first", seconds[0], "s");
        Arrays.sort(seconds);
        report.figure("dropped to in force, median", seconds[DROPS / 2], "s");
        report.figure("dropped to in force, longest", seconds[DROPS - 1], "s");
    }

    private void reloads() throws Exception {
        var state = new State(Cases.placed(100, 10, 0, 0.5, 1));
        var loaders = new ArrayList<WeakReference<ClassLoader>>();
        var stop = new AtomicBoolean();
        plugins.put(NAME, versions.getFirst());
        try (var callers = Executors.newFixedThreadPool(2)) {
            for (int caller = 0; caller < 2; caller++) {
                callers.execute(() -> ask(state, stop));
            }
            for (int reload = 0; reload < RELOADS; reload++) {
                loaders.add(new WeakReference<>(goals().getFirst().call(goal -> goal.getClass().getClassLoader())));
                plugins.put(NAME, versions.get((reload + 1) % 2));
            }
            stop.set(true);
        }
        plugins.withdraw(NAME);
        until("loaders are let go", () -> {
            System.gc();
            return loaders.stream().allMatch(loader -> loader.get() == null);
        });
        report.figure("requests answered during %d reloads".formatted(RELOADS), answered.get(), "");
        report.figure("requests lost", lost.get(), "");
        report.figure("class loaders leaked", loaders.stream().filter(loader -> loader.get() != null).count(), "");
    }

    private void ask(State state, AtomicBoolean stop) {
        while (!stop.get()) {
            try {
                goals().getFirst().call(goal -> goal.terms(state).whenUsed().length);
                answered.incrementAndGet();
            } catch (Exception _) {
                lost.incrementAndGet();
            }
        }
    }

    private static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited in vain until " + what);
            }
            Thread.sleep(2);
        }
    }
}
