package org.reservoir.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.ValueType;

class OnlookersTest {
    private static final Schema LOAD = Schema.of("kpi", Schema.Attribute.of("load", ValueType.LONG), Schema.Attribute.of("word", ValueType.STRING));
    private static final Labels SHOP = Labels.of(new ServiceId(1), "web");
    private static final Duration AT_ONCE = Duration.ZERO;

    private final Roster roster = new Roster();
    private long now = 1_000_000;
    private final Onlookers onlookers = new Onlookers(roster, () -> Instant.ofEpochMilli(now));

    private static StreamInfo stream(int number, Labels labels) {
        return new StreamInfo(new SourceId(1), number, "shop.web." + number, Subject.of(new VeeId(number)), labels, LOAD, Duration.ofSeconds(1), Duration.ofSeconds(3), Delivery.CONTROL);
    }

    private void measure(StreamInfo stream, long load) {
        onlookers.measured(stream, load, new Row(LOAD).begin(now).set(0, load).set(1, "text"));
    }

    private static Onlookers.Wanted wanted(Interest interest) {
        return new Onlookers.Wanted(interest, Optional.empty(), Optional.empty());
    }

    private static List<Double> values(Onlookers.Look look) throws InterruptedException {
        return look.next(AT_ONCE).values().stream().map(Measurements.Latest::value).toList();
    }

    @Test
    void eachSeesWhatItWantsAndNoMoreOftenThanItWants() throws Exception {
        try (var all = onlookers.look(wanted(Interest.ALL)); var shop = onlookers.look(wanted(Interest.inService(new ServiceId(1))));
             var seldom = onlookers.look(wanted(Interest.ALL.atMostEvery(Duration.ofSeconds(10)))); var other = onlookers.look(wanted(Interest.ALL.onlyAttributes(Set.of("queue"))));
             var one = onlookers.look(new Onlookers.Wanted(Interest.ALL, Optional.of(Subject.of(new VeeId(2))), Optional.of("shop.web.2")))) {
            for (int i = 0; i < 20; i++, now += 1_000) {
                measure(stream(1, SHOP), i);
                measure(stream(2, Labels.NONE), 100 + i);
            }
            assertThat(values(all)).hasSize(40);
            assertThat(values(shop)).hasSize(20).allMatch(value -> value < 20);
            assertThat(values(seldom)).containsExactly(0.0, 100.0, 10.0, 110.0);
            assertThat(values(other)).isEmpty();
            assertThat(values(one)).hasSize(20).allMatch(value -> value >= 100);
        }
    }

    @Test
    void whoIsSlowGetsTheNewestAndIsToldHowMuchWentMissing() throws Exception {
        try (var slow = onlookers.look(wanted(Interest.ALL))) {
            for (int i = 0; i < 12_000; i++) {
                measure(stream(1, SHOP), i);
            }
            var first = slow.next(AT_ONCE);
            assertThat(first.missed()).isEqualTo(2_000);
            assertThat(first.values().getFirst().value()).isEqualTo(2_000);
            assertThat(slow.next(AT_ONCE).missed()).isZero();
            onlookers.close();
            var rest = slow.next(AT_ONCE);
            while (!rest.ended()) {
                assertThat(rest.values()).isNotEmpty();
                rest = slow.next(AT_ONCE);
            }
        }
    }

    @Test
    void aVeeIsShownWhereItIsNow() throws Exception {
        roster.note(new VeeId(1), SHOP.at(new HostId(4)));
        try (var look = onlookers.look(wanted(Interest.ALL))) {
            measure(stream(1, SHOP.at(new HostId(3))), 1);
            assertThat(look.next(AT_ONCE).values()).singleElement().satisfies(value -> assertThat(value.labels().host()).contains(new HostId(4)));
        }
    }
}
