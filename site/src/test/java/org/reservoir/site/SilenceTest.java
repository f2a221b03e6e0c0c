package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Feed;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.DataSource;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.ValueType;
import org.reservoir.monitoring.wire.Collector;
import org.reservoir.servicemanager.MeasuredKpis;
import org.reservoir.servicemanager.Window;

/** What a rule sees of a service of two replicas, each with a source of its own, when one falls silent: never that there is less to do. */
class SilenceTest {
    private static final Instant T = Instant.parse("2026-11-24T12:00:00Z");
    private static final ServiceId SHOP = new ServiceId(1);
    private static final Schema QUEUE = Schema.of("kpi", Schema.Attribute.of("queue", ValueType.LONG));

    private final Roster roster = new Roster();
    private final Measurements measurements = new Measurements(Measurements.Bounds.USUAL, roster);
    private long now;
    private final Collector collector = new Collector(new Feed(measurements, () -> T.plusMillis(now)), () -> now);
    private final MeasuredKpis kpis = new MeasuredKpis(measurements);
    private final List<DataSource> sources = new ArrayList<>();

    private DataSource replica(int number) {
        var vee = new VeeId(number);
        var labels = Labels.of(SHOP, "web").at(new HostId(number));
        roster.note(vee, labels);
        var source = new DataSource(new SourceId(number), now);
        source.subscribe(Interest.ALL, collector);
        source.add("shop.queue." + number, Subject.of(vee), labels, Probe.of(QUEUE, row -> row.set(0, 10L)), ProbeSettings.every(Duration.ofSeconds(1)));
        sources.add(source);
        return source;
    }

    private Window pass(int seconds, DataSource... living) {
        for (int i = 0; i < seconds; i++) {
            now += 1000;
            for (var source : living) {
                source.turn(now, now);
            }
            collector.turn();
        }
        return kpis.of(SHOP, List.of("web"), "queue", Duration.ofMinutes(1), T.plusMillis(now));
    }

    private List<StreamState> states() {
        return collector.registry().streams(Interest.ALL).stream().map(known -> known.state()).toList();
    }

    @Test
    void aReplicaThatFallsSilentIsMissedAndNotTakenForIdle() {
        var one = replica(1);
        var two = replica(2);
        var whole = pass(70, one, two);
        assertThat(whole.total()).hasValue(20);
        assertThat(whole.least()).isGreaterThan(0.9);

        var half = pass(30, one);
        assertThat(states()).containsExactly(StreamState.ON, StreamState.STALE);
        assertThat(half.least()).as("a rule shrinks nothing below 0.8").isLessThan(0.8);
        assertThat(half.coverage()).as("and may still grow on what is there").isGreaterThan(0.9);

        var lost = pass(40, one);
        assertThat(states()).containsExactly(StreamState.ON, StreamState.LOST);
        assertThat(lost.least()).isZero();

        var nobody = pass(70);
        assertThat(nobody.total()).as("silence is no zero").isEmpty();
        assertThat(nobody.coverage()).isZero();
    }

    @Test
    void aKpiThatIsSwitchedOffIsUnknownAndNotZero() {
        var one = replica(1);
        pass(70, one);
        one.change(1, ProbeSettings.every(Duration.ofSeconds(1)).switched(false));
        var off = pass(70, one);
        assertThat(states()).containsExactly(StreamState.OFF);
        assertThat(off.total()).isEmpty();
        assertThat(off.coverage()).isZero();
    }

    @Test
    void aStreamKeepsItsIdentityWhenItsVeeMoves() {
        var one = replica(1);
        pass(30, one);
        roster.note(new VeeId(1), Labels.of(SHOP, "web").at(new HostId(9)));
        one.relabel(1, Labels.of(SHOP, "web").at(new HostId(9)));
        var moved = pass(30, one);

        var known = collector.registry().streams(Interest.ALL);
        assertThat(known).hasSize(1);
        assertThat(known.getFirst().info().labels().host()).contains(new HostId(9));
        assertThat(known.getFirst().gaps()).isZero();
        assertThat(known.getFirst().heard()).isEqualTo(60);
        assertThat(moved.total()).hasValue(10);
        assertThat(moved.least()).isGreaterThan(0.9);
    }
}
