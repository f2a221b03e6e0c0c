package org.reservoir.monitoring.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Aggregate;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;

class DataSourceTest {
    private static final Schema LOAD = Schema.of("load", Schema.Attribute.of("load", ValueType.DOUBLE), Schema.Attribute.of("jobs", ValueType.LONG));
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final DataSource source = new DataSource(new SourceId(1), 0);
    private final Heard heard = new Heard();
    private long now;

    /** Shows the values it is given, one after the other, then the last again and again. */
    private static class Scripted implements Probe {
        private final double[] values;
        int measured;

        Scripted(double... values) {
            this.values = values;
        }

        @Override
        public Schema schema() {
            return LOAD;
        }

        @Override
        public void measure(Row row) {
            row.set(0, values[Math.min(measured++, values.length - 1)]).set(1, measured);
        }
    }

    private int add(Probe probe, ProbeSettings settings) {
        return source.add("a.b.c", Subject.of(new VeeId(1)), Labels.of(new ServiceId(1), "web"), probe, settings).number();
    }

    private void pass(long millis) {
        for (long until = now + millis; now < until; ) {
            now += 10;
            source.turn(now, 1_000_000 + now);
        }
    }

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
    void aListenerGetsOnlyWhatItWantsAndAsOftenAsItWants() {
        add(new Scripted(1), ProbeSettings.every(SECOND));
        source.add("x.y", Subject.of(new VeeId(2)), Labels.of(new ServiceId(2), "db"), new Scripted(2), ProbeSettings.every(SECOND));
        var byService = new Heard();
        var byPrefix = new Heard();
        var byType = new Heard();
        var slow = new Heard();
        source.subscribe(Interest.inService(new ServiceId(2)), byService);
        source.subscribe(new Interest(Optional.empty(), "a.b", Optional.empty(), Optional.empty(), Set.of("jobs"), Optional.empty()), byPrefix);
        source.subscribe(Interest.inType("other"), byType);
        source.subscribe(Interest.inService(new ServiceId(1)).atMostEvery(Duration.ofSeconds(5)), slow);
        pass(10_000);

        assertThat(byService.items).hasSize(10).allMatch(item -> item.stream() == 2 && item.row().has(0));
        assertThat(byPrefix.items).allMatch(item -> item.stream() == 1 && !item.row().has(0) && item.row().has(1)).hasSize(10);
        assertThat(byType.items).isEmpty();
        assertThat(slow.items).hasSize(2);
        assertThat(slow.sequences()).containsExactly(1L, 2L);
    }

    @Test
    void whenAllWantItLessOftenItIsMeasuredLessOften() {
        var probe = new Scripted(1);
        add(probe, ProbeSettings.every(SECOND));
        source.subscribe(Interest.ALL.atMostEvery(Duration.ofSeconds(5)), heard);
        pass(20_000);

        assertThat(probe.measured).isEqualTo(4);
    }

    @Test
    void aSlowDriftIsSentBecauseItIsComparedWithWhatWasSentLast() {
        source.subscribe(Interest.ALL, heard);
        add(new Scripted(0, 1, 2, 3, 4, 5, 6, 7), ProbeSettings.every(SECOND).sending(new Transmission.DeadBand("load", 2.5, false, MINUTE)));
        pass(8000);

        assertThat(heard.numbers(0)).containsExactly(0.0, 3.0, 6.0);
        assertThat(heard.sequences()).as("what was not sent is no gap").containsExactly(1L, 2L, 3L);
    }

    @Test
    void onlyChangesAreSentYetSilenceIsNeverTooLong() {
        source.subscribe(Interest.ALL, heard);
        var constant = new Probe() {
            @Override
            public Schema schema() {
                return LOAD;
            }

            @Override
            public void measure(Row row) {
                row.set(0, now > 5000 ? 2.0 : 1.0).set(1, 7);
            }
        };
        add(constant, ProbeSettings.every(SECOND).sending(new Transmission.OnChange(Duration.ofSeconds(20))));
        pass(40_000);

        assertThat(heard.numbers(0)).containsExactly(1.0, 2.0, 2.0);
    }

    @Test
    void onlyWhatIsAboveItsLimitIsSent() {
        source.subscribe(Interest.ALL, heard);
        add(new Scripted(1, 95, 3, 99, 2), ProbeSettings.every(SECOND).sending(Transmission.Band.above("load", 90)));
        pass(5000);

        assertThat(heard.numbers(0)).as("the first says that it is there").containsExactly(1.0, 95.0, 99.0);
    }

    @Test
    void aSummaryTakesThePlaceOfManyMeasurements() {
        var fast = new Heard();
        source.subscribe(Interest.ALL, heard);
        source.subscribe(Interest.ALL, fast);
        add(new Scripted(1, 2, 3, 10, 20, 30, 40), ProbeSettings.every(SECOND).sending(new Transmission.Summary(Duration.ofSeconds(2), Aggregate.MEAN)));
        pass(7000);

        assertThat(heard.numbers(0)).as("the first window holds the measurement that opens it").containsExactly(2.0, 15.0, 35.0);
        assertThat(fast.numbers(0)).as("two listeners do not disturb each other").isEqualTo(heard.numbers(0));
    }

    @Test
    void aTransmissionThatNamesNoAttributeIsRefusedAndChangesNothing() {
        source.subscribe(Interest.ALL, heard);
        int stream = add(new Scripted(1), ProbeSettings.every(SECOND));
        var wrong = ProbeSettings.every(SECOND).sending(new Transmission.DeadBand("lod", 1, false, MINUTE));

        assertThatThrownBy(() -> source.change(stream, wrong)).hasMessageContaining("lod");
        assertThatThrownBy(() -> add(new Scripted(1), wrong)).isInstanceOf(Refused.class);
        pass(2000);
        assertThat(heard.items).hasSize(2);
        assertThat(source.streams()).hasSize(1);
    }

    @Test
    void aProbeThatFailsIsToldOnceAndHarmsNoOther() {
        source.subscribe(Interest.ALL, heard);
        add(row -> {
            throw new IllegalStateException("no sensor");
        });
        add(new Scripted(1), ProbeSettings.every(SECOND));
        add(row -> row.set(0, 1.0)); // incomplete
        pass(5000);

        assertThat(heard.items).hasSize(5).allMatch(item -> item.stream() == 2);
        assertThat(heard.news()).filteredOn(word -> word.startsWith("1 ")).hasSize(2).last().asString().contains("no sensor");
        assertThat(source.failures()).isEqualTo(10);
    }

    private interface Measure {
        void measure(Row row) throws Exception;
    }

    private void add(Measure measure) {
        add(new Probe() {
            @Override
            public Schema schema() {
                return LOAD;
            }

            @Override
            public void measure(Row row) throws Exception {
                measure.measure(row);
            }
        }, ProbeSettings.every(SECOND));
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
    void aProbeThatHangsDelaysNoOtherAndIsAskedOnce() throws Exception {
        var entered = new CountDownLatch(1);
        var asked = new java.util.concurrent.atomic.AtomicInteger();
        var hanging = new Probe() {
            @Override
            public Schema schema() {
                return LOAD;
            }

            @Override
            public boolean waits() {
                return true;
            }

            @Override
            public void measure(Row row) throws Exception {
                asked.incrementAndGet();
                entered.countDown();
                while (true) {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException _) {
                        if (now >= 9000) {
                            throw new IllegalStateException("let go");
                        }
                    }
                }
            }
        };
        source.subscribe(Interest.ALL, heard);
        int stream = add(hanging, ProbeSettings.every(SECOND));
        add(new Scripted(1), ProbeSettings.every(SECOND));
        pass(8900);

        assertThat(heard.items).hasSizeGreaterThanOrEqualTo(8).allMatch(item -> item.stream() == 2);
        assertThat(entered.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        assertThat(asked).hasValue(1);
        assertThat(source.streams().getFirst().problem()).contains("no answer");
        now = 9000;
        source.remove(stream);
        source.close();
    }

    @Test
    void aProbeOverItsBudgetIsSlowedThenStoppedAndThatIsTold() {
        source.subscribe(Interest.ALL, heard);
        int stream = add(lasting(() -> 3_000_000), ProbeSettings.every(Duration.ofMillis(10)));
        for (int turn = 0; turn < 200 && source.streams().getFirst().state() == StreamState.ON; turn++) {
            pass(10);
        }
        assertThat(heard.told).anyMatch(word -> word.contains("less often"));

        source.change(stream, ProbeSettings.every(Duration.ofMillis(10)));
        assertThat(source.streams().getFirst().state()).as("asked again, it gets another chance").isEqualTo(StreamState.ON);
    }

    @Test
    void aProbeThatWasCheapForLongAndBecomesDearIsFoundOut() {
        var nanos = new AtomicLong();
        source.subscribe(Interest.ALL, heard);
        add(lasting(nanos::get), ProbeSettings.every(Duration.ofMillis(10)));
        pass(1000);
        nanos.set(1_000_000);
        for (int turn = 0; turn < 50 && heard.told.stream().noneMatch(word -> word.contains("less often")); turn++) {
            pass(10);
        }
        assertThat(heard.told).anyMatch(word -> word.contains("less often"));
    }

    private static Probe lasting(LongSupplier nanos) {
        return new Probe() {
            @Override
            public Schema schema() {
                return LOAD;
            }

            @Override
            public void measure(Row row) {
                long until = System.nanoTime() + nanos.getAsLong();
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                row.set(0, 1.0).set(1, 1);
            }
        };
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
