package org.reservoir.bench.monitoring;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;

import org.reservoir.bench.Report;
import org.reservoir.monitoring.kinds.HostKinds;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;

/** What measuring a host costs: an agent with very many probes, one sample of the whole host, and its VEEs through libvirt. */
public final class AgentBench {
    private static final List<String> WHOLE_HOST = List.of("host.cpu", "host.memory", "host.net", "host.disk");
    /** As many as it takes until all of it is compiled: an agent runs for weeks. */
    private static final int WARM = 20_000;
    private static final int SAMPLES = 5000;

    private AgentBench() {}

    public static void run(List<String> arguments, Report report) throws Exception {
        var options = new Options(arguments, "--probes", "--vees", "--warm", "--seconds");
        hostSample(report);
        if (options.number("--probes", 50_000) > 0) {
            ManyProbes.run(options.number("--probes", 50_000), options.number("--seconds", 60), report);
        }
        if (options.number("--vees", 100) > 0) {
            WatchedGuests.run(options.number("--vees", 100), options.number("--warm", 60), options.number("--seconds", 60), report);
        }
    }

    private static void hostSample(Report report) throws Exception {
        var probes = HostKinds.all().stream().filter(kind -> WHOLE_HOST.contains(kind.name())).map(kind -> kind.make(Map.of("interface", "physical"))).toArray(Probe[]::new);
        var rows = new Row[probes.length];
        for (int i = 0; i < probes.length; i++) {
            rows[i] = new Row(probes[i].schema());
        }
        sample(probes, rows, WARM);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = threads.getCurrentThreadAllocatedBytes();
        long nanos = threads.getCurrentThreadCpuTime();
        sample(probes, rows, SAMPLES);
        nanos = threads.getCurrentThreadCpuTime() - nanos;
        bytes = threads.getCurrentThreadAllocatedBytes() - bytes; // before anything is told, for that makes garbage
        report.figure("processor time of a sample of the host (cpu, memory, net, disk)", nanos / 1e3 / SAMPLES, "us");
        report.figure("garbage of a sample of the host", Math.floor(bytes / (double) SAMPLES), "bytes");
    }

    private static void sample(Probe[] probes, Row[] rows, int times) throws Exception {
        for (int turn = 0; turn < times; turn++) {
            for (int i = 0; i < probes.length; i++) {
                probes[i].measure(rows[i].begin(turn));
            }
        }
    }
}
