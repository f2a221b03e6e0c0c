package org.reservoir.monitoring.kinds;

import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;

/** A host as its hypervisor shows it, fed by looks at it; rates are by the time that really passed between two of them. */
final class HostLoad implements Probe {
    private static final Schema SCHEMA = Schemas.of("infra_host", "percent", "host.cpu.percent")
            .and(ValueType.LONG, "bytes", "host.memory.bytes", "host.memory.free.bytes", "host.disk.free.bytes").and(ValueType.LONG, "", "host.vees").optional();

    /** @param nanos of a clock that never goes back, when the answer came */
    private record Look(HostCounters counters, long nanos) {}

    private volatile Look newest;
    private Look used;

    void feed(HostCounters counters, long nanos) {
        newest = new Look(counters, nanos);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public boolean fed() {
        return true;
    }

    @Override
    public void measure(Row row) {
        var now = newest;
        if (used != null && now.nanos() - used.nanos() >= Rates.LEAST_NANOS) {
            long passed = now.nanos() - used.nanos();
            row.set(0, Math.min(100, Rates.percent(Rates.growth(used.counters().busy(), now.counters().busy()), passed) / now.counters().cpus()));
        }
        used = now;
        row.set(1, now.counters().memory()).set(2, now.counters().memoryFree()).set(3, now.counters().diskFree()).set(4, now.counters().vees().size());
    }
}
