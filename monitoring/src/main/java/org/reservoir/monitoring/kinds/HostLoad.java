package org.reservoir.monitoring.kinds;

import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;

/** A host as its hypervisor shows it, fed by looks at it; rates are by the time that really passed between two of them. */
final class HostLoad implements Probe {
    private static final Schema SCHEMA = Schemas.of("infra_host", "percent", "host.cpu.percent")
            .and(ValueType.LONG, "bytes", "host.memory.bytes", "host.memory.free.bytes", "host.disk.free.bytes").and(ValueType.LONG, "", "host.vees").optional();

    private final Looks<HostCounters> looks = new Looks<>();

    void feed(HostCounters counters, long nanos) {
        looks.feed(counters, nanos);
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
        var step = looks.step();
        var now = step.now();
        step.ratedFrom().ifPresent(before -> row.set(0, Math.min(100, Rates.percent(Rates.growth(before.busy(), now.busy()), step.passed()) / now.cpus())));
        row.set(1, now.memory()).set(2, now.memoryFree()).set(3, now.diskFree()).set(4, now.vees().size());
    }
}
