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

    private record Seen(HostId host, VeeCounters counters) {}

    private final Looks<Seen> looks = new Looks<>();
    private long epoch = 1;

    void feed(HostId host, VeeCounters counters, long nanos) {
        looks.feed(new Seen(host, counters), nanos);
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
        boolean anew = step.before().filter(before -> !before.host().equals(now.host())).isPresent();
        boolean fell = step.before().filter(before -> now.counters().cpuTime() < before.counters().cpuTime()).isPresent();
        epoch += anew || fell ? 1 : 0;
        if (!anew) {
            step.ratedFrom().ifPresent(before -> rates(row, before.counters(), now.counters(), step.passed()));
        }
        row.set(3, epoch);
    }

    private static void rates(Row row, VeeCounters before, VeeCounters now, long passed) {
        row.set(0, Rates.percent(Rates.growth(before.cpuTime(), now.cpuTime()), passed));
        row.set(1, Rates.perSecond(Rates.growth(before.received(), now.received()), passed));
        row.set(2, Rates.perSecond(Rates.growth(before.sent(), now.sent()), passed));
    }
}
