package org.reservoir.bench.placement;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.reservoir.bench.Report;
import org.reservoir.bench.placement.PlacementLeases.Measured;
import org.reservoir.placement.lease.HaizeaConf;
import org.reservoir.placement.lease.LeaseKind;
import org.reservoir.placement.lease.LeaseRequest;
import org.reservoir.placement.lease.LeasePolicies;
import org.reservoir.placement.lease.LeaseSettings;
import org.reservoir.placement.lease.LeaseSettings.Exclusion;
import org.reservoir.placement.lease.LeaseSettings.Migration;
import org.reservoir.placement.lease.LeaseSettings.Queueing;
import org.reservoir.placement.lease.LeaseSettings.Suspension;
import org.reservoir.placement.lease.LeaseState;
import org.reservoir.placement.lease.Outcome;
import org.reservoir.placement.lease.PreemptionPolicy;
import org.reservoir.placement.lease.Simulation;
import org.reservoir.placement.lease.Workload;

/**
 * What was published or logged elsewhere, beside what we make of it: Haizea's own event logs, and the month of SDSC Blue with injected reservations of Sotomayor, Keahey,
 * Foster: "Combining Batch Execution and Leasing Using Virtual Machines" (HPDC 2008), its 3 h / medium rows. What the data at hand lack is said, not skipped.
 */
final class PublishedLeases {
    private static final double BASELINE = 2_674_265;
    /** Haizea 1.1's own run of the baseline, in CPU seconds (measured elsewhere on this kind of machine). */
    private static final double HAIZEA_CPU = 425;
    private static final int NODES = 144;
    private static final Pattern RESULT = Pattern.compile("(\\d+) (.+) submit (.+) start .* end (.+) nodes \\d+");
    private static final Pattern TIME = Pattern.compile("(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d).*");

    /**
     * Reservations make anybody make room, however long he has waited. Haizea 1.1 spares who has waited for a week; with that rule one of the reservations is refused, and no published row of 2008 speaks of refused ones.
     */
    private static final PreemptionPolicy AGELESS = (preemptor, victim, _) -> preemptor.kind() == LeaseKind.ADVANCE_RESERVATION && victim.kind() == LeaseKind.BEST_EFFORT
            ? victim.request().arrival() : PreemptionPolicy.NEVER;
    private static final LeasePolicies OF_2008 = LeasePolicies.USUAL.with(AGELESS);

    /** Share of reservations, and how much longer than the baseline all best-effort work took, in percent. */
    private record Row(int share, double without, double suspending) {}

    private static final List<Row> ROWS = List.of(new Row(10, 3.91, -0.76), new Row(20, 8.66, 0.10), new Row(30, 23.93, 4.14));

    private PublishedLeases() {}

    static void run(Report report) throws IOException {
        var data = data();
        oracles(data, report);
        blue(data.resolve("sdsc-blue"), report);
        for (var log : List.of("lublin_256.swf", "LCG.swf.gz")) {
            report.progress(log);
            int perHost = log.startsWith("LCG") ? 16 : 1;
            var workload = PlacementLeases.swf(data.resolve(log), 0, perHost, true);
            PlacementLeases.sums(log, PlacementLeases.measured(() -> Simulation.run(workload, settings(Suspension.NONE), LeasePolicies.USUAL)), report);
        }
    }

    private static Path data() {
        var told = System.getenv("RESERVOIR_DATA");
        var data = told == null ? Path.of("../shared/data") : Path.of(told);
        if (!Files.isDirectory(data.resolve("haizea"))) {
            throw new IllegalStateException("no haizea in %s: set RESERVOIR_DATA".formatted(data.toAbsolutePath()));
        }
        return data.resolve("haizea");
    }

    private static void oracles(Path data, Report report) throws IOException {
        int leases = 0;
        int equal = 0;
        List<Path> files;
        try (Stream<Path> listed = Files.list(data.resolve("oracle"))) {
            files = listed.sorted().toList();
        }
        for (var file : files) {
            var lines = Files.readAllLines(file);
            var outcome = oracleRun(lines.getFirst(), data.resolve("lwf-tests"));
            var ours = new TreeMap<Long, String>();
            outcome.results().forEach(result -> ours.put(result.request().id(), result.state().label() + (result.state() == LeaseState.DONE ? result.end().getAsLong() : "")));
            for (var line : lines) {
                var match = RESULT.matcher(line);
                if (match.matches()) {
                    leases++;
                    equal += (match.group(2) + seconds(match.group(4))).equals(ours.get(Long.parseLong(match.group(1)))) ? 1 : 0;
                }
            }
        }
        report.figure("haizea's event logs: leases that end alike", equal, "of %d in %d workloads".formatted(leases, files.size()));
    }

    private static String seconds(String time) {
        var match = TIME.matcher(time);
        return match.matches() ? Long.toString(java.time.LocalDateTime.parse(match.group(1) + "T" + match.group(2)).toEpochSecond(java.time.ZoneOffset.UTC) - START) : "";
    }

    private static final long START = java.time.LocalDateTime.of(2006, 11, 25, 13, 0).toEpochSecond(java.time.ZoneOffset.UTC);

    private static Outcome oracleRun(String head, Path workloads) throws IOException {
        var conf = PlacementLeases.configuration(workloads.resolve("base_config_simulator.conf"));
        var words = List.of(head.split("\\s+"));
        for (var word : words.subList(2, words.size())) {
            conf = word.contains(".") ? set(conf, word) : conf;
        }
        return Simulation.run(PlacementLeases.lwf(workloads.resolve(words.get(1))), conf.settings(), conf.policies());
    }

    private static HaizeaConf set(HaizeaConf conf, String word) {
        return conf.with(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
    }

    private static LeaseSettings settings(Suspension suspension) {
        return LeaseSettings.USUAL.suspending(suspension, 50, 50, Exclusion.LOCAL);
    }

    /** Once with all 5 545 requests, as the paper's text says, once with the 5 108 that ever ran. */
    private static void blue(Path blue, Report report) throws IOException {
        report.progress("SDSC Blue, 30 days");
        for (boolean all : List.of(true, false)) {
            var month = PlacementLeases.swf(blue.resolve("30days.swf"), NODES, 1, all);
            var name = all ? "blue, all requests" : "blue, those that ran";
            var baseline = PlacementLeases.measured(() -> Simulation.run(month, settings(Suspension.NONE), LeasePolicies.USUAL));
            PlacementLeases.sums(name, baseline, report);
            report.figure("%s: off the published %.0f s".formatted(name, BASELINE), 100 * (baseline.outcome().allBestEffort() - BASELINE) / BASELINE, "%");
            for (var row : ROWS) {
                reserved(name, month, row, blue, report);
            }
        }
        report.figure("blue, all requests: cpu of Haizea 1.1 (facts)", HAIZEA_CPU, "s");
    }

    private static void reserved(String name, Workload month, Row row, Path blue, Report report) throws IOException {
        var file = blue.resolve("injected_leases/30days/work_%02d-dur_3h-size_2medium.lwf".formatted(row.share));
        if (!Files.exists(file)) {
            report.progress("%s, %d %% reservations of 3 h, medium: the data have no %s".formatted(name, row.share, file.getFileName()));
            return;
        }
        var injected = month.injecting(PlacementLeases.injected(file, month.site()));
        var told = "%s, %d %% reservations".formatted(name, row.share);
        published(told + ", killing", PlacementLeases.measured(() -> Simulation.run(injected, settings(Suspension.NONE), OF_2008)), row.without, report);
        published(told + ", killing, but none that has waited for a week", PlacementLeases.measured(() -> Simulation.run(injected, settings(Suspension.NONE), LeasePolicies.USUAL)), row.without, report);
        published(told + ", suspending", PlacementLeases.measured(() -> Simulation.run(injected, settings(Suspension.ALL), OF_2008)), row.suspending, report);
        var hasty = settings(Suspension.ALL).thresholds(0, OptionalLong.empty());
        published(told + ", suspending, started however short the time before a reservation", PlacementLeases.measured(() -> Simulation.run(injected, hasty, OF_2008)), row.suspending, report);
        var behind = hasty.queueing(Queueing.SUSPENDED_LAST).migrating(Migration.WITHOUT_TRANSFER, hasty.bandwidth());
        published(told + ", suspending, started so, suspended ones last, images read everywhere", PlacementLeases.measured(() -> Simulation.run(injected, behind, OF_2008)), row.suspending, report);
    }

    private static void published(String name, Measured measured, double published, Report report) {
        double longer = 100 * (measured.outcome().allBestEffort() - BASELINE) / BASELINE;
        PlacementLeases.sums(name, measured, report);
        report.figure(name + ": longer than the baseline", longer, "%%, published %s".formatted(published));
        report.figure(name + ": mean wait", measured.outcome().meanWait() / 1000, "1000 s");
        long late = measured.outcome().results().stream().filter(result -> result.request().start() instanceof LeaseRequest.Start.At && result.state() != LeaseState.DONE).count();
        report.figure(name + ": reservations refused", late, "");
    }
}
