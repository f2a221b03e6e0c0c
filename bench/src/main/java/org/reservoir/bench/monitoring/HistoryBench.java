package org.reservoir.bench.monitoring;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

import org.reservoir.bench.Report;
import org.reservoir.bench.Scratch;
import org.reservoir.history.HistoryPolicy;
import org.reservoir.history.PrometheusHistory;
import org.reservoir.history.TsFileHistory;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.History;
import org.reservoir.monitoring.history.Pen;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;

/** {@code monitoring.history}: 1 000 VEEs tell a row of a percentage and four counters every ten seconds; what keeping and reading them costs. */
public final class HistoryBench {
    private static final Duration STARTED = Duration.ofMinutes(1);
    private static final int VEES = 1_000;
    private static final long STEP = 10_000;
    private static final List<String> NAMES = List.of("vee.cpu.percent", "vee.cpu.total", "vee.memory.bytes", "vee.net.received", "vee.net.sent");
    private static final int MANY = 1 << 30;

    private final Report report;
    private final Path folder;

    private HistoryBench(Report report, Path folder) {
        this.report = report;
        this.folder = folder;
    }

    public static void run(List<String> arguments, Report report) throws IOException, InterruptedException {
        var options = new Options(arguments, "--rows", "--victoria", "--victoria-rows", "--folder");
        try (var scratch = options.text("--folder").map(Path::of).map(Scratch::in).orElseGet(Scratch::make)) {
            var bench = new HistoryBench(report, scratch.folder());
            int rows = options.number("--rows", 10_000_000);
            bench.warm(Math.min(rows, 1_000_000) / VEES);
            bench.embedded(rows / VEES);
            bench.victoria(options.text("--victoria").orElse("victoria-metrics"), options.number("--victoria-rows", Math.min(rows, 2_000_000)) / VEES);
        }
    }

    private void embedded(int rounds) throws IOException, InterruptedException {
        long begin = begin(rounds);
        var policy = HistoryPolicy.USUAL.keeping(Duration.ofDays(400), Duration.ofDays(400), Duration.ofDays(400)).within(1L << 40, 0).holding(8_000_000, 1 << 20);
        try (var history = TsFileHistory.open(folder.resolve("embedded"), policy, InstantSource.system())) {
            report.progress("writing %d rows".formatted((long) rounds * VEES));
            long cpu = cpu();
            long wall = System.nanoTime();
            write(history, begin, rounds);
            history.settle();
            tellIngest("embedded", (long) rounds * VEES, cpu() - cpu, System.nanoTime() - wall);
            cpu = cpu();
            history.seal();
            report.figure("roll-ups and joining, embedded", (double) rounds * VEES / (cpu() - cpu) * 1e9, "rows/CPU-s");
            report.figure("bytes per row of samples, embedded", bytes("raw-") / ((double) rounds * VEES), "B");
            report.figure("bytes per row with roll-ups, embedded", history.health().bytes() / ((double) rounds * VEES), "B");
            report.figure("dropped, embedded", history.health().dropped() - refused, "rows");
            read("embedded", history, begin, rounds);
        }
    }

    /** A site's server runs for weeks: what its compilers cost in the first seconds is not counted. */
    private void warm(int rounds) throws InterruptedException {
        try (var history = TsFileHistory.open(folder.resolve("warm"), HistoryPolicy.USUAL, InstantSource.system())) {
            write(history, begin(rounds), rounds);
            history.seal();
        }
        refused = 0;
    }

    private long refused;

    private static long begin(int rounds) {
        return (Instant.now().toEpochMilli() / 3_600_000) * 3_600_000 - rounds * STEP;
    }

    private void write(History history, long begin, int rounds) {
        var random = new SplittableRandom(1);
        var pens = new ArrayList<Pen>();
        for (int vee = 1; vee <= VEES; vee++) {
            pens.add(history.pen(Subject.of(new VeeId(vee)), NAMES, Labels.NONE));
        }
        var rows = new double[VEES][NAMES.size()];
        for (int round = 0; round < rounds; round++) {
            for (int vee = 0; vee < VEES; vee++) {
                var row = rows[vee];
                row[0] = random.nextInt(1_000) / 10.0;
                for (int i = 1; i < row.length; i++) {
                    row[i] += random.nextInt(1 << 6 + 3 * i);
                }
                while (!pens.get(vee).write(begin + round * STEP, row)) {
                    refused++; // faster than it goes: wait, for here nothing may be lost
                    LockSupport.parkNanos(1_000_000);
                }
            }
        }
    }

    private void tellIngest(String who, long rows, long cpu, long wall) {
        report.figure("ingest, " + who, rows / (cpu / 1e9), "rows/CPU-s");
        report.figure("ingest by the clock, " + who, rows / (wall / 1e9), "rows/s");
    }

    private void read(String who, History history, long begin, int rounds) {
        long end = begin + rounds * STEP;
        var wall = new double[1_000];
        var own = new double[wall.length];
        var random = new SplittableRandom(2);
        for (int i = 0; i < wall.length; i++) {
            var one = new Wanted.Of(Optional.of(Subject.of(new VeeId(random.nextInt(VEES) + 1))), Optional.empty());
            long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            long started = System.nanoTime();
            var points = history.points(one, new Span(end - 3_600_000, end), MANY);
            wall[i] = (System.nanoTime() - started) / 1e6;
            own[i] = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1e6;
            require(points.size() == NAMES.size() && points.getFirst().count() == Math.min(rounds, 360), "the last hour of a probe is " + points.size() + " series");
        }
        tellReading("last hour of one probe (five series), " + who, wall);
        tellReading("processor time of it here, " + who, own);
        long started = System.nanoTime();
        var hours = history.buckets(new Wanted.Of(Optional.empty(), Optional.of(NAMES.getFirst())), new Span(begin, end - 1), Duration.ofHours(1), MANY);
        report.figure("hour averages over all, " + who, (System.nanoTime() - started) / 1e6, "ms");
        require(hours.size() == VEES, "hours of " + hours.size() + " VEEs");
    }

    private void tellReading(String what, double[] millis) {
        Arrays.sort(millis);
        report.figure(what + ", p50", millis[millis.length / 2], "ms");
        report.figure(what + ", p99", millis[millis.length * 99 / 100], "ms");
    }

    private void victoria(String program, int rounds) throws IOException, InterruptedException {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        var address = URI.create("http://127.0.0.1:" + port);
        var process = new ProcessBuilder(program, "-storageDataPath=" + folder.resolve("victoria"), "-httpListenAddr=127.0.0.1:" + port, "-search.latencyOffset=0s", "-retentionPeriod=10y",
                "-search.maxUniqueTimeseries=1000000", "-search.maxSamplesPerQuery=1000000000").redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try (var history = PrometheusHistory.at(address, InstantSource.system())) {
            awaitAnswer(process, address.resolve("/health"), program);
            long begin = begin(rounds);
            report.progress("writing %d rows to VictoriaMetrics".formatted((long) rounds * VEES));
            long cpu = cpu();
            long theirs = cpu(process);
            long wall = System.nanoTime();
            write(history, begin, rounds);
            while (history.health().kept() < (long) rounds * VEES && process.isAlive()) {
                Thread.sleep(50);
            }
            get(address.resolve("/internal/force_flush"));
            long all = System.nanoTime() - wall;
            tellIngest("VictoriaMetrics, its own CPU", (long) rounds * VEES, cpu(process) - theirs, all);
            report.figure("sending, VictoriaMetrics, our CPU", (double) rounds * VEES / (cpu() - cpu) * 1e9, "rows/CPU-s");
            read("VictoriaMetrics", history, begin, rounds);
        } finally {
            process.destroy(); // which writes down what it had in memory
            process.onExit().join();
        }
        report.figure("bytes per row, VictoriaMetrics", size(folder.resolve("victoria")) / ((double) rounds * VEES), "B");
    }

    /** A program that ends at once, or is another one, would be waited for without an end. */
    private static void awaitAnswer(Process process, URI health, String program) throws IOException, InterruptedException {
        long end = System.nanoTime() + STARTED.toNanos();
        while (true) {
            try {
                get(health);
                return;
            } catch (ConnectException _) {
                require(process.isAlive() && System.nanoTime() < end, "%s does not answer as VictoriaMetrics does (%s)".formatted(program, process));
                Thread.sleep(50);
            }
        }
    }

    private static void get(URI uri) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding());
        }
    }

    private static void require(boolean so, String what) {
        if (!so) {
            throw new IllegalStateException(what);
        }
    }

    private double bytes(String prefix) throws IOException {
        try (var files = Files.list(folder.resolve("embedded"))) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix)).mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private static long size(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0).sum();
        }
    }

    static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static long cpu(Process process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }
}
