package org.reservoir.monitoring.kinds;

import org.reservoir.kernel.HostId;
import org.reservoir.monitoring.kinds.HostCounters.VeeCounters;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;

/**
 * What a VEE uses, fed by looks at its host. Its stream goes on when the VEE moves: the counters of another host are based
 * anew, for nothing says how much of them is older than the look before, and the epoch goes up. A counter that fell began
 * again from 0. Processors are in percent of one: 150 is one and a half.
 */
final class VeeLoad implements Probe {
    private static final Schema SCHEMA = Schemas.of("infra_vee", "percent", "vee.cpu.percent")
            .and("bytes_per_second", "vee.net.received.bytes_per_second", "vee.net.sent.bytes_per_second").and(ValueType.LONG, "", "vee.epoch").optional();

    private record Look(HostId host, VeeCounters counters, long nanos) {}

    private volatile Look newest;
    private Look used;
    private long epoch = 1;

    void feed(HostId host, VeeCounters counters, long nanos) {
        newest = new Look(host, counters, nanos);
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
        if (used != null) {
            boolean anew = !used.host().equals(now.host());
            epoch += anew || now.counters().cpuTime() < used.counters().cpuTime() ? 1 : 0;
            if (!anew && now.nanos() - used.nanos() >= Rates.LEAST_NANOS) {
                rates(row, used.counters(), now.counters(), now.nanos() - used.nanos());
            }
        }
        used = now;
        row.set(3, epoch);
    }

    private static void rates(Row row, VeeCounters before, VeeCounters now, long passed) {
        row.set(0, Rates.percent(Rates.growth(before.cpuTime(), now.cpuTime()), passed));
        row.set(1, Rates.perSecond(Rates.growth(before.received(), now.received()), passed));
        row.set(2, Rates.perSecond(Rates.growth(before.sent(), now.sent()), passed));
    }
}
