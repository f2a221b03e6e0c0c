package org.reservoir.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.testing.Seeded;

class WindowTest {
    private static final Instant T = Instant.parse("2026-11-24T12:00:00Z");

    private static Ring ring(long everySeconds, double... values) {
        var ring = new Ring(1024);
        for (int i = 0; i < values.length; i++) {
            ring.add(T.plusSeconds(everySeconds * i).toEpochMilli(), values[i]);
        }
        return ring;
    }

    @Test
    void aWindowSaysWhatItsSamplesComeTo() {
        var window = ring(5, 4, 1, 7, 2).window(Duration.ofSeconds(20), T.plusSeconds(15));

        assertThat(window.count()).isEqualTo(4);
        assertThat(window.mean()).hasValue(3.5);
        assertThat(window.sum()).hasValue(14);
        assertThat(window.min()).hasValue(1);
        assertThat(window.max()).hasValue(7);
        assertThat(window.last()).hasValue(2);
        assertThat(window.lastAt()).contains(T.plusSeconds(15));
        assertThat(window.percentile(50)).hasValue(2);
        assertThat(window.percentile(100)).hasValue(7);
    }

    @Test
    void aWindowBeginsAfterItsStartAndEndsWithItsEnd() {
        var window = ring(5, 4, 1, 7, 2).window(Duration.ofSeconds(10), T.plusSeconds(10));

        assertThat(window.sum()).as("the sample at its very start is not in it").hasValue(8);
    }

    @Test
    void silenceIsNeverReadAsZero() {
        for (var window : new Window[] {Window.silent(Duration.ofSeconds(10), T), ring(5, 1).window(Duration.ofSeconds(10), T.plusSeconds(3600))}) {
            assertThat(window.isEmpty()).isTrue();
            assertThat(window.coverage()).isZero();
            for (var aggregate : Aggregate.values()) {
                if (aggregate != Aggregate.COUNT) {
                    assertThat(aggregate.of(window)).as(aggregate.name()).isEmpty();
                }
            }
        }
    }

    @Test
    void theRateOfACounterGoesOnOverARestart() {
        var window = ring(10, 100, 150, 20, 40).window(Duration.ofMinutes(1), T.plusSeconds(30));

        assertThat(window.rate()).as("50 + 20 (begun again) + 20 in 30 s").hasValue(3);
    }

    @Test
    void aSteadySeriesCoversItsWholeWindow() {
        assertThat(ring(5, 1, 1, 1, 1, 1, 1).window(Duration.ofSeconds(20), T.plusSeconds(25)).coverage()).isEqualTo(1);
    }

    @Test
    void aSeriesThatBeganInTheWindowCoversOnlyTheRest() {
        assertThat(ring(5, 1, 1, 1).window(Duration.ofSeconds(40), T.plusSeconds(10)).coverage()).isEqualTo(0.25);
    }

    @Test
    void aSeriesThatFellSilentCoversOnlyItsReachBeyondTheLastSample() {
        var ring = ring(5, 1, 1, 1, 1);

        assertThat(ring.reach()).isEqualTo(15_000);
        assertThat(ring.window(Duration.ofSeconds(40), T.plusSeconds(40)).coverage()).isEqualTo(30.0 / 40);
        assertThat(ring.window(Duration.ofSeconds(40), T.plusSeconds(70)).coverage()).as("nothing of it is left").isZero();
    }

    @Test
    void aGapInTheMiddleIsSeen() {
        var ring = ring(1, 1, 1, 1, 1, 1);
        for (int second = 60; second < 65; second++) {
            ring.add(T.plusSeconds(second).toEpochMilli(), 1);
        }

        assertThat(ring.window(Duration.ofSeconds(64), T.plusSeconds(64)).coverage()).isCloseTo((4 + 3 + 4) / 64.0, within(0.001));
    }

    @Test
    void lateSamplesTakeTheirPlaceAndTwinsCountOnce() {
        var ring = new Ring(8);
        for (long second : new long[] {0, 10, 5, 5, 20, 15}) {
            ring.add(T.plusSeconds(second).toEpochMilli(), second);
        }
        var window = ring.window(Duration.ofMinutes(1), T.plusSeconds(20));

        assertThat(window.sum()).hasValue(50);
        assertThat(window.last()).hasValue(20);
    }

    @Test
    void aClockSetBackByAnHourLosesNothing() {
        var ring = ring(5, 1, 2, 3, 4);
        var back = T.minusSeconds(3600);
        ring.add(back.toEpochMilli(), 5);
        ring.add(back.plusSeconds(5).toEpochMilli(), 6);
        var window = ring.window(Duration.ofSeconds(25), back.plusSeconds(5));

        assertThat(window.sum()).as("all but the first, which is 25 s old").hasValue(20);
        assertThat(window.coverage()).isEqualTo(1);
    }

    @Test
    void aRingSaysTheSameAsASortedListOfItsLatestSamples() {
        Seeded.forAll(300, seed -> {
            var random = Seeded.random(seed);
            int most = random.nextInt(1, 40);
            var ring = new Ring(most);
            var model = new TreeMap<Long, Double>();
            long at = T.toEpochMilli();
            for (int i = 0; i < 200; i++) {
                at += random.nextInt(0, 3000);
                long when = at - random.nextInt(0, 5000);
                double value = random.nextInt(100);
                ring.add(when, value);
                model.put(when, value);
                while (model.size() > most) {
                    model.pollFirstEntry();
                }
                at = Math.max(at, when);
            }
            long now = at - random.nextInt(0, 20_000);
            int length = random.nextInt(1, 60_000);
            var expected = new ArrayList<>(model.subMap(now - length, false, now, true).values());
            var window = ring.window(Duration.ofMillis(length), Instant.ofEpochMilli(now));
            assertThat(window.count()).isEqualTo(expected.size());
            if (!expected.isEmpty()) {
                assertThat(window.sum()).hasValue(expected.stream().mapToDouble(Double::doubleValue).sum());
                assertThat(window.last()).hasValue(expected.getLast());
            }
            assertThat(window.coverage()).isBetween(0.0, 1.0);
        });
    }
}
