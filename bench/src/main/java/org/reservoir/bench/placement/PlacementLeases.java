package org.reservoir.bench.placement;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.reservoir.bench.Report;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.lease.Annotations;
import org.reservoir.placement.lease.ColumnReader;
import org.reservoir.placement.lease.HaizeaConf;
import org.reservoir.placement.lease.LeaseRequest;
import org.reservoir.placement.lease.LeaseSite;
import org.reservoir.placement.lease.LeaseState;
import org.reservoir.placement.lease.LwfReader;
import org.reservoir.placement.lease.Outcome;
import org.reservoir.placement.lease.ScheduleChecker;
import org.reservoir.placement.lease.Simulation;
import org.reservoir.placement.lease.SwfReader;
import org.reservoir.placement.lease.Workload;

/**
 * {@code placement.leases}: without files, Haizea's oracles, the published month of SDSC Blue and two large logs; with files, each of them to its end, told lease by
 * lease ({@code .lwf}) or in sum ({@code .swf}, {@code .swf.gz}).
 */
public final class PlacementLeases {
    private static final int BLUE_NODES = 144;
    private static final int LEASES_TOLD = 200;

    /** @param hosts of a log's machine, when it does not say; {@code perHost} processors of each */
    private record Options(HaizeaConf conf, List<Path> files, Optional<Path> injected, Optional<Path> annotated, int hosts, int perHost) {}

    private static final String USE = "See bin/bench placement.leases --help.";

    private PlacementLeases() {}

    public static void run(List<String> arguments, Report report) throws IOException {
        var options = options(arguments);
        if (options.files.isEmpty()) {
            PublishedLeases.run(report);
        }
        for (var file : options.files) {
            var workload = workload(file, options);
            tell(file.getFileName().toString(), measured(() -> Simulation.run(workload, options.conf.settings(), options.conf.policies(), options.conf.until())), report);
        }
    }

    private static Options options(List<String> arguments) throws IOException {
        var conf = HaizeaConf.read(new java.io.StringReader("[scheduling]\nsuspension: all\nmigration: yes\npolicy-preemption: ar-preempts-everything\n"));
        Map<String, String> set = new LinkedHashMap<>();
        var files = new ArrayList<Path>();
        var named = new LinkedHashMap<String, String>();
        for (int i = 0; i < arguments.size(); i++) {
            var word = arguments.get(i);
            if (!word.startsWith("--")) {
                files.add(Path.of(word));
                continue;
            }
            var value = arguments.stream().skip(++i).findFirst().orElseThrow(() -> Refused.invalid("BAD_ARGUMENT", "%s needs a value.".formatted(word), USE));
            switch (word) {
                case "--config" -> conf = configuration(Path.of(value));
                case "--set" -> set(value, set);
                case "--inject", "--annotate", "--hosts", "--per-host" -> named.put(word, value);
                default -> throw Refused.invalid("BAD_ARGUMENT", "%s is no option.".formatted(word), USE);
            }
        }
        for (var option : set.entrySet()) {
            conf = conf.with(option.getKey(), option.getValue());
        }
        return new Options(conf, files, Optional.ofNullable(named.get("--inject")).map(Path::of), Optional.ofNullable(named.get("--annotate")).map(Path::of),
                Integer.parseInt(named.getOrDefault("--hosts", Integer.toString(BLUE_NODES))), Integer.parseInt(named.getOrDefault("--per-host", "1")));
    }

    private static void set(String pair, Map<String, String> set) {
        int equals = pair.indexOf('=');
        if (equals < 0) {
            throw Refused.invalid("BAD_ARGUMENT", "--set takes section.option=value, not '%s'.".formatted(pair), USE);
        }
        set.put(pair.substring(0, equals), pair.substring(equals + 1));
    }

    static HaizeaConf configuration(Path file) throws IOException {
        try (var in = Files.newBufferedReader(file)) {
            return HaizeaConf.read(in);
        }
    }

    /** @throws Refused what is wrong with which file */
    private static Workload read(Path file, Options options) throws IOException {
        try {
            return file.toString().endsWith(".lwf") ? lwf(file) : swf(file, options.hosts, options.perHost, true);
        } catch (ZipException wrong) {
            throw Refused.invalid("BAD_SWF", "%s: what is called .gz is not packed by gzip: %s".formatted(file.getFileName(), wrong.getMessage()), "Rename it, or pack it.");
        } catch (Refused wrong) {
            throw new Refused(wrong.kind(), wrong.code(), "%s: %s".formatted(file.getFileName(), wrong.getMessage()), "%s Unpack what is packed otherwise than by gzip.".formatted(wrong.advice()).strip());
        }
    }

    private static Workload workload(Path file, Options options) throws IOException {
        var workload = read(file, options);
        if (options.injected.isPresent()) {
            workload = workload.injecting(injected(options.injected.get(), workload.site()));
        }
        if (options.annotated.isPresent()) {
            try (var in = Files.newInputStream(options.annotated.get())) {
                workload = Annotations.read(in).applyTo(workload);
            }
        }
        return options.conf.adjusting(workload);
    }

    static Workload lwf(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return LwfReader.read(in, 0);
        }
    }

    /** A log as best-effort leases, on as many hosts as its machine had. @param hosts when it does not say; {@code cancelled} jobs that never began, too */
    static Workload swf(Path file, int hosts, int perHost, boolean cancelled) throws IOException {
        try (var in = open(file)) {
            var whole = SwfReader.read(new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1)));
            var log = cancelled ? whole : whole.withoutCancelled();
            long processors = log.processors().orElse((long) hosts * perHost);
            var site = LeaseSite.uniform((int) ((processors + perHost - 1) / perHost), 100L * perHost, 1024L * perHost);
            return new Workload(site, 0, log.leases(0, site.cpuAndMemory(100, 1024)));
        }
    }

    private static InputStream open(Path file) throws IOException {
        var in = Files.newInputStream(file);
        return file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
    }

    /** Leases to inject, in XML or in columns. */
    static List<LeaseRequest> injected(Path file, LeaseSite site) throws IOException {
        try (var in = Files.newInputStream(file)) {
            if (Files.readString(file).stripLeading().startsWith("<")) {
                return LwfReader.read(in, 0, site).requests();
            }
            return ColumnReader.read(new InputStreamReader(in, StandardCharsets.UTF_8), 0, site);
        }
    }

    /** @param cpu seconds */
    record Measured(Outcome outcome, double cpu) {}

    static Measured measured(Supplier<Outcome> run) {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        var outcome = run.get();
        return new Measured(outcome, (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1e9);
    }

    private static void tell(String name, Measured measured, Report report) {
        var outcome = measured.outcome;
        if (outcome.results().size() <= LEASES_TOLD) {
            for (var result : outcome.results()) {
                report.figure("%s: lease %d %s, end".formatted(name, result.request().id(), result.state().label()), result.end().orElse(-1), "s");
            }
        }
        sums(name, measured, report);
        report.figure(name + ": mean wait", outcome.meanWait(), "s");
        report.figure(name + ": mean bounded slowdown", outcome.meanBoundedSlowdown(), "");
        report.figure(name + ": utilisation", 100 * outcome.utilisation(), "%");
    }

    static void sums(String name, Measured measured, Report report) {
        var outcome = measured.outcome;
        report.figure(name + ": leases done", outcome.count(LeaseState.DONE), "of " + outcome.results().size());
        report.figure(name + ": all best effort done after", outcome.allBestEffort(), "s");
        report.figure(name + ": broken rules", ScheduleChecker.violations(outcome).size(), "");
        report.figure(name + ": cpu", measured.cpu, "s");
    }
}
