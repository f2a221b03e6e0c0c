package org.reservoir.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.expression.Dimension;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.kernel.expression.Missing;
import org.reservoir.kernel.expression.Vocabulary;
import org.reservoir.kernel.testing.Seeded;

class FiguresTest {
    private static final long BEGIN = 1_764_000_000_000L;
    private static final Subject VEE = Subject.of(new VeeId(1));

    /** Late samples, samples of one time, clocks set back, gaps, rings that go round: figures are what the window's samples come to. */
    @Test
    void figuresAreThoseOfTheWindow() {
        Seeded.forAll(60, seed -> {
            var random = Seeded.random(seed);
            var ring = new Ring(20 + random.nextInt(400));
            long now = BEGIN;
            for (int i = 0; i < 1_500; i++) {
                now += random.nextInt(20) == 0 ? random.nextInt(200_000) : random.nextInt(3_000);
                now -= random.nextInt(400) == 0 ? 3_600_000 : 0;
                ring.add(random.nextInt(10) == 0 ? now - random.nextInt(50_000) : now, random.nextInt(1_000) / 4.0);
                if (random.nextInt(7) == 0) {
                    var length = Duration.ofMillis(1 + random.nextInt(900_000));
                    var at = Instant.ofEpochMilli(now + random.nextInt(20_000));
                    agree(ring.figures(length, at), ring.window(length, at));
                }
            }
        });
    }

    private static void agree(Figures figures, Window window) {
        assertThat(figures.count()).isEqualTo(window.count());
        assertThat(figures.coverage()).isCloseTo(window.coverage(), within(1e-12));
        for (var aggregate : Aggregate.values()) {
            if (aggregate.isIncremental()) {
                assertThat(figures.of(aggregate)).as(aggregate.name()).isEqualTo(aggregate.of(window)); // quarters add up exactly
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"avg(load, 60s) = 69.5 | true", "max(load, 60s) - min(load, 60s) = 59 | true", "last(load, 1m) = 99 | true", "count(load, 60s) = 60 | true",
            "sum(load, 10s) > 900 | true", "p95(load, 60s) = 96 | true", "rate(load, 60s) = 1/1s | true", "avg(load, 60s) > 70 or count(load, 5m) < 9 | false"})
    void rulesReadWindowsInTheSharedLanguage(String text, boolean holds) {
        var measurements = new Measurements(Measurements.Bounds.USUAL, new Roster());
        for (int i = 0; i < 100; i++) {
            measurements.take(VEE, "load", i, Instant.ofEpochMilli(BEGIN + i * 1000L));
        }
        var condition = Expression.condition(text, Vocabulary.EMPTY.series("load", Dimension.COUNT));
        assertThat(condition.holds(new MeasuredEnvironment(measurements, VEE, Instant.ofEpochMilli(BEGIN + 99_000)))).isEqualTo(holds);
    }

    @Test
    void silenceNeitherHoldsNorFails() {
        var measurements = new Measurements(Measurements.Bounds.USUAL, new Roster());
        for (int i = 0; i < 10; i++) {
            measurements.take(VEE, "load", 5, Instant.ofEpochMilli(BEGIN + i * 1000L));
        }
        var words = Vocabulary.EMPTY.series("load", Dimension.COUNT);
        var later = new MeasuredEnvironment(measurements, VEE, Instant.ofEpochMilli(BEGIN + 40_000));
        assertThat(Expression.condition("avg(load, 60s) < 100", words).evaluate(later)).isInstanceOf(Missing.class);
        assertThat(Expression.condition("avg(load, 60s) >= 100", words).evaluate(later)).isInstanceOf(Missing.class);
        assertThat(Expression.condition("count(load, 60s) = 10", words).holds(later)).isTrue();
        assertThat(Expression.condition("avg(load, 60s) < 100", words).evaluate(new MeasuredEnvironment(measurements, Subject.site(), Instant.ofEpochMilli(BEGIN)))).isInstanceOf(Missing.class);
    }
}
