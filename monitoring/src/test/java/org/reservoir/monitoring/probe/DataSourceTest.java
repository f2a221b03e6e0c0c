package org.reservoir.monitoring.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;

/** When probes are measured: at their pace, when they are told to, and not at all. */
class DataSourceTest extends TurnedSource {
    @Test
    void aProbeIsMeasuredAtItsRateWithoutDrift() {
        source.subscribe(Interest.ALL, heard);
        add(new Scripted(1), ProbeSettings.every(SECOND));
        pass(10_000);

        assertThat(heard.items).hasSize(10);
        assertThat(heard.sequences()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        for (int i = 1; i < 10; i++) {
            assertThat(heard.items.get(i).at() - heard.items.get(i - 1).at()).isEqualTo(1000);
        }
    }

    @Test
    void neighboursAreDueTogetherAndAllOfThemAreSpreadEvenlyOverTheirPeriod() {
        source.subscribe(Interest.ALL, heard);
        int blocks = 100;
        int neighbours = DataSource.NEIGHBOURS;
        for (int i = 1; i < blocks * neighbours; i++) { // numbers begin with 1
            add(new Scripted(1), ProbeSettings.every(SECOND));
        }
        pass(1_000);
        var moments = new TreeMap<Long, List<Integer>>();
        heard.items.forEach(item -> moments.computeIfAbsent(item.at(), _ -> new ArrayList<>()).add(item.stream()));

        assertThat(heard.items).hasSize(blocks * neighbours - 1);
        assertThat(moments.values()).allSatisfy(together -> assertThat(together).as("that are due at one moment").hasSizeLessThanOrEqualTo(2 * neighbours));
        assertThat(moments.values().stream().flatMap(together -> together.stream().map(number -> number / neighbours).distinct())).as("none of a block apart from the others").doesNotHaveDuplicates();
    }

    @Test
    void aProbeThatIsFedIsMeasuredWhenToldAndNoMoreOftenThanItsPeriod() {
        source.subscribe(Interest.ALL, heard);
        var probe = new Scripted(1) {
            @Override
            public boolean fed() {
                return true;
            }
        };
        int stream = add(probe, ProbeSettings.every(Duration.ofSeconds(2)));
        pass(5000);
        assertThat(probe.measured).as("nobody fed it").isZero();
        for (int second = 0; second < 10; second++) {
            source.inform(stream);
            pass(1000);
        }
        assertThat(probe.measured).as("fed every second, measured every other").isEqualTo(5);
        source.change(stream, ProbeSettings.every(SECOND).switched(false));
        source.inform(stream);
        assertThat(probe.measured).as("off").isEqualTo(5);
    }

    @Test
    void aProbeIsToldThatItEnds() {
        var ends = new ArrayList<String>();
        for (var name : List.of("a", "b")) {
            add(new Scripted(1) {
                @Override
                public void ended() {
                    ends.add(name);
                }
            }, ProbeSettings.every(SECOND));
        }
        source.remove(1);
        assertThat(ends).containsExactly("a");
        source.close();
        assertThat(ends).containsExactly("a", "b");
    }

    @Test
    void aProbeThatNobodyWantsRests() {
        var probe = new Scripted(1);
        add(probe, ProbeSettings.every(SECOND));
        pass(5000);
        assertThat(probe.measured).isZero();

        int subscription = source.subscribe(Interest.ALL, heard);
        pass(5000);
        assertThat(probe.measured).isEqualTo(5);

        source.unsubscribe(subscription);
        pass(5000);
        assertThat(probe.measured).isEqualTo(5);
    }

    @Test
    void aProbeIsSwitchedReratedAndRemovedWhileItRuns() {
        source.subscribe(Interest.ALL, heard);
        var settings = ProbeSettings.every(SECOND);
        int stream = add(new Scripted(1), settings);
        pass(3000);
        source.change(stream, settings.switched(false));
        pass(3000);
        assertThat(heard.items).hasSize(3);
        source.change(stream, settings.at(Duration.ofMillis(100)));
        pass(1000);
        assertThat(heard.items).hasSize(13);
        source.remove(stream);
        pass(1000);

        assertThat(heard.items).hasSize(13);
        assertThat(heard.news()).containsExactly("1 ON", "1 OFF", "1 ON", "1 RETIRED");
        assertThatThrownBy(() -> source.remove(stream)).isInstanceOf(Refused.class);
    }

    @Test
    void aChangeIsInForceAtOnce() {
        source.subscribe(Interest.ALL, heard);
        int stream = add(new Scripted(1), ProbeSettings.every(Duration.ofHours(1)));
        pass(100);
        source.change(stream, ProbeSettings.every(Duration.ofMillis(50)));
        pass(100);

        assertThat(heard.items).hasSize(2);
    }

    @Test
    void aProbeOfAnEventIsMeasuredWhenItSaysSo() {
        source.subscribe(Interest.ALL, heard);
        int stream = add(new Scripted(1, 2, 3), ProbeSettings.every(ProbeSettings.ON_EVENT));
        source.inform(stream);
        source.inform(stream);

        assertThat(heard.numbers(0)).containsExactly(1.0, 2.0);
    }

    @Test
    void aStalledSourceLeavesOutWhatItMissedInsteadOfABurst() {
        source.subscribe(Interest.ALL, heard);
        add(new Scripted(1), ProbeSettings.every(SECOND));
        pass(2000);
        now += 60_000;
        source.turn(now, 1_000_000 + now);
        source.turn(now + 10, 1_000_010 + now);

        assertThat(heard.items).hasSize(3);
    }

    @Test
    void manyProbesDoNotFireTogether() {
        source.subscribe(Interest.ALL, heard);
        for (int i = 0; i < 1000; i++) {
            add(new Scripted(1), ProbeSettings.every(SECOND));
        }
        var perTick = new ArrayList<Integer>();
        for (int tick = 0; tick < 100; tick++) {
            int before = heard.items.size();
            pass(10);
            perTick.add(heard.items.size() - before);
        }

        assertThat(heard.items).hasSize(1000);
        assertThat(perTick).allMatch(fired -> fired <= 40);
    }

    @Test
    void whateverIsOrderedSequencesHaveNoGapAndTheRateIsKept() {
        Seeded.forAll(50, seed -> {
            var random = Seeded.random(seed);
            var many = new DataSource(new SourceId(seed), 0);
            var listener = new Heard();
            many.subscribe(Interest.ALL, listener);
            var streams = new ArrayList<Integer>();
            long time = 0;
            for (int step = 0; step < 300; step++) {
                switch (random.nextInt(6)) {
                    case 0 -> streams.add(many.add("p", Subject.site(), Labels.NONE, new Scripted(1), ProbeSettings.every(Duration.ofMillis(10 + random.nextInt(3000)))).number());
                    case 1 -> pick(streams, random).ifPresent(stream -> many.change(stream, ProbeSettings.every(Duration.ofMillis(10 + random.nextInt(3000)))));
                    case 2 -> pick(streams, random).ifPresent(stream -> many.change(stream, ProbeSettings.every(SECOND).switched(random.nextBoolean())));
                    case 3 -> pick(streams, random).filter(_ -> random.nextInt(4) == 0).ifPresent(stream -> {
                        streams.remove(stream);
                        many.remove(stream);
                    });
                    default -> many.turn(time += random.nextInt(500), time);
                }
            }
            for (var stream : listener.items.stream().map(Heard.Item::stream).distinct().toList()) {
                long expected = 1;
                for (var item : listener.items) {
                    if (item.stream() == stream) {
                        assertThat(item.sequence()).isEqualTo(expected++);
                    }
                }
            }
        });
    }

    private static Optional<Integer> pick(List<Integer> streams, java.util.random.RandomGenerator random) {
        return streams.isEmpty() ? Optional.empty() : Optional.of(streams.get(random.nextInt(streams.size())));
    }
}
