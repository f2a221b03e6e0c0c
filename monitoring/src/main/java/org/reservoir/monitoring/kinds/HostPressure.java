package org.reservoir.monitoring.kinds;

import static org.reservoir.monitoring.kinds.ProcFile.word;

import java.nio.file.Path;
import java.util.function.LongSupplier;

import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;

/**
 * How much of the time something on the host had to wait (some), or everything (full), for processors, memory or disks: the
 * kernel's pressure stall information (its accounting/psi), by the running totals and not by the kernel's own averages.
 */
final class HostPressure implements Probe {
    private static final Schema SCHEMA = Schemas.of("infra_host_pressure", "percent", "host.pressure.cpu.some.percent", "host.pressure.memory.some.percent",
            "host.pressure.memory.full.percent", "host.pressure.io.some.percent", "host.pressure.io.full.percent").optional();
    private static final byte[] SOME = word("some ");
    private static final byte[] FULL = word("full ");

    private final ProcFile cpu;
    private final ProcFile memory;
    private final ProcFile io;
    private final LongSupplier nanos;
    private final long[] before = new long[SCHEMA.size()];
    private final long[] now = new long[SCHEMA.size()];
    private long beforeNanos;

    HostPressure(Path proc, LongSupplier nanos) {
        cpu = ProcFile.open(proc.resolve("pressure/cpu"));
        memory = ProcFile.open(proc.resolve("pressure/memory"));
        io = ProcFile.open(proc.resolve("pressure/io"));
        this.nanos = nanos;
        look();
        beforeNanos = nanos.getAsLong();
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public void ended() {
        ProcFile.close(cpu, memory, io);
    }

    @Override
    public void measure(Row row) {
        look();
        long nowNanos = nanos.getAsLong();
        long passed = nowNanos - beforeNanos;
        beforeNanos = nowNanos;
        for (int i = 0; i < now.length && passed >= Rates.LEAST_NANOS; i++) {
            row.set(i, Math.min(100, Rates.percent(Rates.growth(before[i], now[i]) * 1000, passed)));
        }
    }

    private void look() {
        System.arraycopy(now, 0, before, 0, now.length);
        look(cpu, 0, -1);
        look(memory, 1, 2);
        look(io, 3, 4);
    }

    /** Lines are {@code some avg10=0.00 avg60=0.00 avg300=0.00 total=MICROSECONDS}. */
    private void look(ProcFile file, int some, int full) {
        file.read();
        do {
            int place = file.take(SOME) ? some : file.take(FULL) ? full : -1;
            if (place >= 0) {
                now[place] = Math.max(0, file.behindLast('=').number());
            }
        } while (file.nextLine());
    }
}
