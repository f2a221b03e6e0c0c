package org.reservoir.bench.monitoring;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
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
import org.reservoir.monitoring.probe.DataSource;
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
    private final Time time;
    private final List<Rule> rules = new ArrayList<>();
    private final LongAdder held = new LongAdder();

    private record Rule(Expression condition, Subject subject) {}

    /** What the clock says, which is the history's too. */
    private static final class Time implements InstantSource {
        private volatile Instant now = Instant.now();

        @Override
        public Instant instant() {
            return now;
        }
    }

    private SiteBench(Report report, int probes, int rules, TsFileHistory history, Time time) {
        this.report = report;
        this.time = time;
        this.probes = probes;
        this.history = history;
        measurements = new Measurements(new Measurements.Bounds(probes, 128, 200, Duration.ofHours(1)), new Roster(), Optional.of(history));
        feed = new Feed(measurements, time);
        for (int i = 1; i <= probes; i++) {
            streams.add(new StreamInfo(SOURCE, i, "vees.vee-%d.load".formatted(i), Subject.of(new VeeId(i)), Labels.NONE, SCHEMA, PERIOD, PERIOD, Delivery.CONTROL));
        }
        var words = Vocabulary.EMPTY.series("load", Dimension.COUNT);
        spread();
        for (int i = 0; i < rules; i++) {
            this.rules.add(new Rule(Expression.condition(RULES.get(i % RULES.size()), words), streams.get((int) ((long) i * probes / rules)).subject()));
        }
    }

    /** As sources do over their period: those added one after another stay together, and all come in the same order each second, but not in that of their numbers. */
    private void spread() {
        var blocks = new ArrayList<List<StreamInfo>>();
        for (int from = 0; from < streams.size(); from += DataSource.NEIGHBOURS) {
            blocks.add(List.copyOf(streams.subList(from, Math.min(from + DataSource.NEIGHBOURS, streams.size()))));
        }
        Collections.shuffle(blocks, new Random(1));
        streams.clear();
        blocks.forEach(streams::addAll);
    }

    public static void run(List<String> arguments, Report report) throws IOException, InterruptedException {
        var options = new Options(arguments, "--probes", "--seconds", "--hours", "--rules", "--head");
        var time = new Time();
        var policy = HistoryPolicy.USUAL.within(8L << 30, 0).holding(options.number("--head", 8_000_000), 1 << 19);
        try (var scratch = Scratch.make(); var history = TsFileHistory.open(scratch.resolve("history"), policy, time)) {
            var bench = new SiteBench(report, options.number("--probes", 100_000), options.number("--rules", 5_000), history, time);
            bench.paced(options.number("--seconds", 30));
            bench.flatOut();
            if (options.number("--hours", 0) > 0) {
                bench.hours(options.number("--hours", 0));
            }
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

    /** What is left to be done of it, at once and not when an hour of samples is together: how often that is, the seconds do not show. */
    private void gather(double measured, long spent) throws InterruptedException {
        long cpu = HistoryBench.cpu();
        history.seal();
        long gathering = HistoryBench.cpu() - cpu;
        report.figure("CPU of sealing and gathering the rest afterwards", gathering / 1e9, "s");
        report.figure("measurements per CPU-second at 1 Hz, that included, rolled up before its hour", measured / (spent + gathering) * 1e9, "1/CPU-s");
    }

    private void take(int from, int to, int second) {
        time.now = Instant.now();
        for (int i = from; i < to; i++) {
            measured(i, second);
        }
    }

    private void measured(int probe, int second) {
        feed.measured(streams.get(probe), row.begin(time.now.toEpochMilli()).set(0, (double) ((probe * 31 + second * 17) % 100)));
    }

    private void evaluate() {
        var now = Instant.now();
        for (var rule : rules) {
            if (rule.condition().holds(new MeasuredEnvironment(measurements, rule.subject(), now))) {
                held.increment();
            }
        }
    }

    private void flatOut() throws InterruptedException {
        int rounds = Math.max(1, 5_000_000 / probes);
        time.now = Instant.now();
        long cpu = HistoryBench.cpu();
        long wall = System.nanoTime();
        long dropped = rounds(rounds);
        report.figure("measurements per CPU-second flat out, rules and history", (double) probes * rounds / (HistoryBench.cpu() - cpu) * 1e9, "1/CPU-s");
        report.figure("measurements per second flat out", (double) probes * rounds / (System.nanoTime() - wall) * 1e9, "1/s");
        report.figure("dropped flat out", dropped, "measurements");
        report.figure("rules that held", held.sum(), "");
    }

    /** Segments are gathered and rolled up when it is time for that by the clock of the measurements; all of it counts. */
    private void hours(int hours) throws InterruptedException {
        report.progress("%d hours of %d probes at 1 Hz, as fast as it goes".formatted(hours, probes));
        int rounds = hours * 3_600;
        history.seal();
        long keeping = keeper();
        long cpu = HistoryBench.cpu();
        long dropped = rounds(rounds);
        long rest = sealed(); // or it would be by chance whether the roll-ups of the last hour are in it
        double measured = (double) probes * rounds;
        report.figure("measurements per CPU-second over whole hours flat out, gathering and roll-ups included", measured / (HistoryBench.cpu() - cpu) * 1e9, "1/CPU-s");
        report.figure("CPU of sealing, gathering and roll-ups over whole hours, of a million measurements", (keeper() - keeping + rest) / 1e3 / measured, "s");
        report.figure("dropped over whole hours", dropped, "measurements");
    }

    /** Seals and gathers what is left; processor time of this thread for it. */
    private long sealed() throws InterruptedException {
        var threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        history.seal();
        return threads.getCurrentThreadCpuTime() - before;
    }

    /** Processor time of the thread that keeps segments. */
    private static long keeper() {
        var threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.dumpAllThreads(false, false, 0)).filter(thread -> thread.getThreadName().equals("history-keeper")).mapToLong(thread -> threads.getThreadCpuTime(thread.getThreadId())).sum();
    }

    /** Rounds of all probes a second apart by their own times, without a pause; rules once a round; when the queue is full, wait. Tells how many were dropped. */
    private long rounds(int rounds) throws InterruptedException {
        long dropped = history.health().dropped();
        for (int round = 0; round < rounds; round++) {
            time.now = time.now.plusSeconds(1);
            for (int i = 0; i < probes; i++) {
                measured(i, round);
                if (i % 10_000 == 0) {
                    while (history.health().taken() - history.health().kept() > 300_000) {
                        LockSupport.parkNanos(500_000);
                    }
                }
            }
            var now = time.now;
            rules.forEach(rule -> held.add(rule.condition().holds(new MeasuredEnvironment(measurements, rule.subject(), now)) ? 1 : 0));
        }
        history.settle();
        return history.health().dropped() - dropped;
    }
}
