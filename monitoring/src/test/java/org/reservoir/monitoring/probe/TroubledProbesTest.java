package org.reservoir.monitoring.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import org.junit.jupiter.api.Test;

/** Probes that fail, hang or take too long harm no other, and that is told. */
class TroubledProbesTest extends TurnedSource {
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
}
