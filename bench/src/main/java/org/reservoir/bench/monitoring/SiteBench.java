package org.reservoir.bench.monitoring;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import org.reservoir.bench.Report;
import org.reservoir.bench.Scratch;
import org.reservoir.history.HistoryPolicy;
import org.reservoir.history.TsFileHistory;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.expression.Dimension;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.kernel.expression.Vocabulary;
import org.reservoir.monitoring.Feed;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.MeasuredEnvironment;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.ValueType;

/** {@code monitoring.site}: many probes at 1 Hz into rings, rules and history; then as many as it takes, to see what one measurement costs. */
public final class SiteBench {
    private static final int SLICES = 50;
    private static final SourceId SOURCE = new SourceId(1);
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Schema SCHEMA = Schema.of("load", Schema.Attribute.of("load", ValueType.DOUBLE));
    private static final List<String> RULES = List.of("avg(load, 60s) > 90", "max(load, 60s) - min(load, 60s) > 95", "avg(load, 30s) > 50 and last(load, 10s) < 20", "count(load, 60s) < 10", "p95(load, 60s) > 99");

    private final Report report;
    private final int probes;
    private final Measurements measurements;
    private final TsFileHistory history;
    private final List<StreamInfo> streams = new ArrayList<>();
    private final Row row = new Row(SCHEMA);
    private final Feed feed;
    private Instant time = Instant.now();
    private final List<Rule> rules = new ArrayList<>();
    private final LongAdder held = new LongAdder();

    private record Rule(Expression condition, Subject subject) {}

    private SiteBench(Report report, int probes, int rules, TsFileHistory history) {
        this.report = report;
        this.probes = probes;
        this.history = history;
        measurements = new Measurements(new Measurements.Bounds(probes, 128, 200, Duration.ofHours(1)), new Roster(), Optional.of(history));
        feed = new Feed(measurements, () -> time);
        for (int i = 1; i <= probes; i++) {
            streams.add(new StreamInfo(SOURCE, i, "vees.vee-%d.load".formatted(i), Subject.of(new VeeId(i)), Labels.NONE, SCHEMA, PERIOD, PERIOD, Delivery.CONTROL));
        }
        var words = Vocabulary.EMPTY.series("load", Dimension.COUNT);
        for (int i = 0; i < rules; i++) {
            this.rules.add(new Rule(Expression.condition(RULES.get(i % RULES.size()), words), streams.get((int) ((long) i * probes / rules)).subject()));
        }
    }

    public static void run(List<String> arguments, Report report) throws IOException, InterruptedException {
        var options = new Options(arguments);
        var policy = HistoryPolicy.USUAL.within(8L << 30, 0).holding(options.number("--head", 8_000_000), 1 << 19);
        try (var scratch = Scratch.make(); var history = TsFileHistory.open(scratch.resolve("history"), policy, InstantSource.system())) {
            var bench = new SiteBench(report, options.number("--probes", 100_000), options.number("--rules", 5_000), history);
            bench.paced(options.number("--seconds", 30));
            bench.flatOut();
        }
    }

    /** Each second every probe once, in slices; each second every rule once. */
    private void paced(int seconds) throws InterruptedException {
        for (int round = -5; round < 0; round++) { // the code is compiled and all series are known before it counts
            take(0, probes, round + 100);
            evaluate();
        }
        report.progress("%d probes at 1 Hz for %d s".formatted(probes, seconds));
        var late = new double[seconds];
        long dropped = history.health().dropped();
        long cpu = HistoryBench.cpu();
        long begin = System.nanoTime();
        for (int second = 0; second < seconds; second++) {
            for (int slice = 0; slice < SLICES; slice++) {
                LockSupport.parkNanos(begin + (second * SLICES + slice) * (1_000_000_000L / SLICES) - System.nanoTime());
                take((int) ((long) slice * probes / SLICES), (int) ((slice + 1L) * probes / SLICES), second);
            }
            evaluate();
            late[second] = (System.nanoTime() - begin) / 1e9 - second - 1 + 1.0 / SLICES;
        }
        long spent = HistoryBench.cpu() - cpu;
        long waiting = history.health().taken() - history.health().kept();
        Arrays.sort(late);
        report.figure("CPU at 1 Hz", spent / 1e7 / seconds, "% of a core");
        report.figure("measurements per CPU-second at 1 Hz, rules and history", (double) probes * seconds / spent * 1e9, "1/CPU-s");
        report.figure("rules behind their second, p50", Math.max(0, late[seconds / 2]) * 1000, "ms");
        report.figure("rules behind their second, p99", Math.max(0, late[Math.min(seconds - 1, seconds * 99 / 100)]) * 1000, "ms");
        report.figure("waiting to be safe, in time", (double) waiting / probes * 1000, "ms");
        report.figure("dropped", history.health().dropped() - dropped, "measurements");
        System.gc();
        var runtime = Runtime.getRuntime();
        report.figure("heap after a collection", (runtime.totalMemory() - runtime.freeMemory()) / 1048576.0, "MiB");
        gather((double) probes * seconds, spent);
    }

    /** What is left to be done of it: how often segments are gathered depends on their number, and the seconds may end before. */
    private void gather(double measured, long spent) throws InterruptedException {
        long cpu = HistoryBench.cpu();
        history.seal();
        long gathering = HistoryBench.cpu() - cpu;
        report.figure("CPU of sealing and gathering the rest afterwards", gathering / 1e9, "s");
        report.figure("measurements per CPU-second at 1 Hz, that included", measured / (spent + gathering) * 1e9, "1/CPU-s");
    }

    private void take(int from, int to, int second) {
        time = Instant.now();
        for (int i = from; i < to; i++) {
            measured(i, second);
        }
    }

    private void measured(int probe, int second) {
        feed.measured(streams.get(probe), row.begin(time.toEpochMilli()).set(0, (double) ((probe * 31 + second * 17) % 100)));
    }

    private void evaluate() {
        var now = Instant.now();
        for (var rule : rules) {
            if (rule.condition().holds(new MeasuredEnvironment(measurements, rule.subject(), now))) {
                held.increment();
            }
        }
    }

    /** Rounds of all probes a second apart by their own times, without a pause; rules once a round; when the queue is full, wait. */
    private void flatOut() throws InterruptedException {
        int rounds = Math.max(1, 5_000_000 / probes);
        time = Instant.now();
        long dropped = history.health().dropped();
        long cpu = HistoryBench.cpu();
        long wall = System.nanoTime();
        for (int round = 0; round < rounds; round++) {
            time = time.plusSeconds(1);
            for (int i = 0; i < probes; i++) {
                measured(i, round);
                if (i % 10_000 == 0) {
                    while (history.health().taken() - history.health().kept() > 300_000) {
                        LockSupport.parkNanos(500_000);
                    }
                }
            }
            var now = time;
            rules.forEach(rule -> held.add(rule.condition().holds(new MeasuredEnvironment(measurements, rule.subject(), now)) ? 1 : 0));
        }
        history.settle();
        report.figure("measurements per CPU-second flat out, rules and history", (double) probes * rounds / (HistoryBench.cpu() - cpu) * 1e9, "1/CPU-s");
        report.figure("measurements per second flat out", (double) probes * rounds / (System.nanoTime() - wall) * 1e9, "1/s");
        report.figure("dropped flat out", history.health().dropped() - dropped, "measurements");
        report.figure("rules that held", held.sum(), "");
    }
}
