package org.reservoir.bench;

import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.reservoir.bench.gateways.RestBench;
import org.reservoir.bench.monitoring.CodecBench;
import org.reservoir.bench.monitoring.LoopBench;
import org.reservoir.bench.monitoring.AgentBench;
import org.reservoir.bench.monitoring.HistoryBench;
import org.reservoir.bench.monitoring.SiteBench;
import org.reservoir.bench.monitoring.ControlBench;
import org.reservoir.bench.placement.AdmissionBench;
import org.reservoir.bench.placement.FirstPlacement;
import org.reservoir.bench.placement.Optimal;
import org.reservoir.bench.placement.PlacementLeases;
import org.reservoir.bench.placement.PluginReload;
import org.reservoir.bench.placement.Repairs;
import org.reservoir.bench.placement.Replanning;
import org.reservoir.bench.placement.Roadef;
import org.reservoir.bench.placement.Trace;
import org.reservoir.bench.veem.VeemDeploy;
import org.reservoir.bench.veem.VeemOverhead;
import org.reservoir.kernel.Refused;
import org.reservoir.testbed.LibvirtHosts;

/** {@code bin/bench}: the list of all that can be measured. */
public final class Bench {
    private static final List<Entry> BENCHES = List.of(
            new Entry("gateways.rest", "get, list and create over REST on a site with 5 000 VEEs, beside the bare HTTP server: [--seconds N]", RestBench::run),
            new Entry("monitoring.codec", "measurements of six attributes written and read, beside OTLP and Lattice: [--lattice CLASSPATH]", CodecBench::run),
            new Entry("monitoring.loop", "from probe to rule over UDP at 1 000, 10 000 and 30 000 a second, and Prometheus at 1 s/1 s: [--seconds N] [--prometheus BINARY]", LoopBench::run),
            new Entry("monitoring.control", "orders to a source over the network while it measures: time until in force, bytes: [PROBES]", ControlBench::run),
            new Entry("monitoring.agent", "50 000 probes at 1 Hz in an agent, a sample of the host, 100 VEEs on real libvirt (root): [--probes N] [--vees N] [--warm SECONDS] [--seconds N]", AgentBench::run),
            new Entry("monitoring.history", "rows of five values kept and read again, embedded and by VictoriaMetrics: [--rows N] (10000000) [--victoria PROGRAM] [--victoria-rows N]"
                    + " [--folder DIR]", HistoryBench::run),
            new Entry("monitoring.site", "probes at 1 Hz into rules and history, then as fast as it goes: [--probes N] (100000) [--seconds N] (30; 600 in full) [--hours N] (0; then hours as fast as it goes) [--rules N] (5000) [--head VALUES] (8000000)", SiteBench::run),
            new Entry("placement.admission", "what the loss of hosts means, and admission of an elastic service: [HOSTS [VEES]] (1000 10000)", AdmissionBench::run),
            new Entry("placement.first", "first placement of 100 000 VEEs on 10 000 hosts, one by one: [HOSTS [VEES]]", FirstPlacement::run),
            new Entry("placement.leases", "Haizea's event logs, a month of SDSC Blue with reservations, large logs; or: [--config CONF] [--set section.option=value] [--inject FILE]"
                    + " [--annotate FILE] [--hosts N] [--per-host N] FILE.lwf|FILE.swf…", PlacementLeases::run),
            new Entry("placement.optimal", "power saving on 200 x 30 and 1000 x 100, beside CP-SAT, CBC and OneDRS alone: [--ours]", Optimal::run),
            new Entry("placement.plugin", "how soon a dropped jar is in force, and what a hundred reloads under load lose", PluginReload::run),
            new Entry("placement.repair", "1 000 hosts, 5 000 VEEs: overload and maintenance, beside BtrPlace 1.9.3: [--whole]", Repairs::run),
            new Entry("placement.replan", "100 000 VEEs consolidated, with an ordered plan: [VEES]", Replanning::run),
            new Entry("placement.roadef", "machine reassignment, ROADEF/EURO 2012, beside Timefold: [--cpu SECONDS-IN-ALL | --seconds EACH] [--threads N] [--seed N] [--alone] MODEL…", Roadef::run),
            new Entry("placement.trace", "Alibaba's GPU cluster of 2023, its pods beside best fit and dot product: [DIRECTORY [LIST…]]", Trace::run),
            new Entry("veem.deploy", "create to running on simulated hosts, PostgreSQL included: [VEES…] (1000 10000 100000)", VeemDeploy::run),
            new Entry("veem.overhead", "order to running and live moves on real libvirt, beside raw calls and virsh (root): [--rounds N] [--at-once N]", VeemOverhead::run));

    private static final Set<String> HELP = Set.of("--help", "-h");

    private Bench() {}

    /** Measures something. @param arguments those behind its name */
    @FunctionalInterface
    interface Run {
        void run(List<String> arguments, Report report) throws Exception;
    }

    private record Entry(String name, String help, Run run) {}

    public static void main(String[] arguments) throws Exception {
        System.exit(run(List.of(arguments), System.out, System.err)); // also whatever a bench has left running
    }

    /** @return the exit code: 0 done, 2 not understood */
    static int run(List<String> arguments, PrintStream out, PrintStream err) throws Exception {
        var words = new ArrayList<>(arguments);
        var json = words.remove("--json");
        if (words.isEmpty() || HELP.contains(words.getFirst())) {
            out.println("bin/bench AREA.NAME [--json] [--as-site] [ARGUMENTS]   measures one thing; one line per figure; --as-site: with the flags and the AOT cache of a site's server\n"
                    + "bin/bench --list                                       says what there is");
            return words.isEmpty() ? 2 : 0;
        }
        if (words.getFirst().equals("--list")) {
            BENCHES.forEach(bench -> out.printf("%-20s %s%n", bench.name(), bench.help()));
            return 0;
        }
        var name = words.removeFirst();
        var bench = BENCHES.stream().filter(it -> it.name().equals(name)).findFirst();
        if (bench.isEmpty()) {
            err.printf("There is no bench called '%s'.%n  See bin/bench --list.%n", name);
            return 2;
        }
        if (words.stream().anyMatch(HELP::contains)) {
            out.printf("bin/bench %s [--json] [--as-site] [ARGUMENTS]%n  %s%n", name, bench.get().help());
            return 0;
        }
        return measure(bench.get(), words, new Report(name, json, out), err);
    }

    private static int measure(Entry bench, List<String> words, Report report, PrintStream err) throws Exception {
        var ending = new Ending(() -> Scratch.any() || LibvirtHosts.any() || ProcessHandle.current().children().findAny().isPresent());
        Runtime.getRuntime().addShutdownHook(new Thread(ending::order, "ending"));
        var advice = "See bin/bench %s --help.".formatted(bench.name());
        var as = System.getProperty("reservoir.runs-as", "bench");
        if (!as.equals("bench")) {
            report.figure("run with the flags and the AOT cache of: " + as, 1, "");
        }
        try {
            ending.during(() -> bench.run().run(words, report));
            return 0;
        } catch (Refused refused) {
            return refuse(err, bench, refused.getMessage(), refused.advice());
        } catch (NoSuchFileException absent) {
            return refuse(err, bench, "There is no file '%s'.".formatted(absent.getMessage()), advice);
        } catch (NumberFormatException wrong) {
            return refuse(err, bench, "A number is wanted. " + wrong.getMessage(), advice);
        }
    }

    private static int refuse(PrintStream err, Entry bench, String why, String advice) {
        err.printf("%s: %s%n  %s%n", bench.name(), why, advice);
        return 2;
    }
}
