package org.reservoir.monitoring.kinds;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;

/** The process that measures and its JVM: what monitoring costs is measured like all else. */
final class OwnProcess implements Probe {
    /** clock ticks per second that Linux shows to programs (USER_HZ), on all of its architectures. */
    private static final long TICK_NANOS = 10_000_000;
    private static final int PAGE = 4096;

    private final Schema schema;
    private final ProcFile stat;
    private final ProcFile statm;
    private final LongSupplier nanos;
    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    private long ticks;
    private long collecting;
    private long before;

    /** @param name what its series' names begin with, such as {@code site.server} */
    OwnProcess(String name, Path proc, LongSupplier nanos) {
        schema = Schemas.of("infra_process." + name, "percent", name + ".cpu.percent", name + ".gc.percent")
                .and(ValueType.LONG, "bytes", name + ".memory.bytes", name + ".heap.bytes").and(ValueType.LONG, "", name + ".threads").optional();
        stat = ProcFile.open(proc.resolve("self/stat"));
        statm = ProcFile.open(proc.resolve("self/statm"));
        this.nanos = nanos;
        ticks = ticks();
        collecting = collecting();
        before = nanos.getAsLong();
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public void ended() {
        ProcFile.close(stat, statm);
    }

    @Override
    public void measure(Row row) {
        long nowTicks = ticks();
        long threads = stat.skipWords(4).number();
        long nowCollecting = collecting();
        long now = nanos.getAsLong();
        if (now - before >= Rates.LEAST_NANOS) {
            row.set(0, Rates.percent((nowTicks - ticks) * TICK_NANOS, now - before));
            row.set(1, Rates.percent((nowCollecting - collecting) * 1_000_000, now - before));
        }
        ticks = nowTicks;
        collecting = nowCollecting;
        before = now;
        row.set(2, statm.read().skipWords(1).number() * PAGE).set(3, memory.getHeapMemoryUsage().getUsed()).set(4, threads);
    }

    /** Fields 14 and 15 of proc(5)'s stat; the name of the program, in brackets, may hold blanks. */
    private long ticks() {
        return stat.read().behindLast(')').skipWords(11).number() + stat.number();
    }

    private long collecting() {
        long millis = 0;
        for (var collector : collectors) {
            millis += Math.max(0, collector.getCollectionTime());
        }
        return millis;
    }
}
