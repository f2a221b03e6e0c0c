package org.reservoir.monitoring.kinds;

import static org.reservoir.monitoring.kinds.ProcFile.word;

import java.nio.file.Path;

import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;

/**
 * A host's processors, in percent of all of them together, by {@code /proc/stat} (proc(5)): the kernel's own ticks are the
 * clock, so a look that comes late is no false load. Waiting for disks is no work; what the host's own hypervisor took is.
 */
final class HostCpu implements Probe {
    private static final Schema SCHEMA = Schemas.of("infra_host_cpu", "percent", "host.cpu.percent", "host.cpu.user.percent", "host.cpu.system.percent",
            "host.cpu.waiting.percent", "host.cpu.stolen.percent").and("", "host.load.1m", "host.load.5m", "host.load.15m").optional();
    private static final byte[] TOTAL = word("cpu ");
    /** user nice system idle iowait irq softirq steal; guests are within user. */
    private static final int FIELDS = 8;

    private final ProcFile stat;
    private final ProcFile load;
    private final long[] before = new long[FIELDS];
    private final long[] now = new long[FIELDS];

    HostCpu(Path proc) {
        stat = ProcFile.open(proc.resolve("stat"));
        load = ProcFile.open(proc.resolve("loadavg"));
        look();
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public void ended() {
        ProcFile.close(stat, load);
    }

    @Override
    public void measure(Row row) {
        look();
        long total = 0;
        for (int i = 0; i < FIELDS; i++) {
            total += grown(i);
        }
        if (total > 0) {
            row.set(0, 100.0 * (total - grown(3) - grown(4)) / total);
            row.set(1, 100.0 * (grown(0) + grown(1)) / total);
            row.set(2, 100.0 * (grown(2) + grown(5) + grown(6)) / total);
            row.set(3, 100.0 * grown(4) / total);
            row.set(4, 100.0 * grown(7) / total);
        }
        load.read();
        row.set(5, load.decimal()).set(6, load.decimal()).set(7, load.decimal());
    }

    /** Idle and waiting times may fall a little (proc(5)); that is no growth. */
    private long grown(int field) {
        return Math.max(0, now[field] - before[field]);
    }

    private void look() {
        System.arraycopy(now, 0, before, 0, FIELDS);
        if (!stat.read().take(TOTAL)) {
            throw new IllegalStateException("/proc/stat does not begin with the processors' total");
        }
        for (int i = 0; i < FIELDS; i++) {
            now[i] = Math.max(0, stat.number());
        }
    }
}
