package org.reservoir.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.reservoir.placement.Speeds.Pair;
import org.reservoir.placement.Speeds.Passage;

class SpeedsTest {
    private static final Instant NOW = Instant.parse("2030-06-01T00:00:00Z");
    private static final long MIB = 1L << 20;
    private static final long ASSUMED = 100 * MIB;

    private static Passage passage(long from, long to, long mebibytes, double seconds, Duration ago) {
        return new Passage(new Pair(from, to), mebibytes * MIB, Duration.ofMillis(Math.round(seconds * 1000)), NOW.minus(ago));
    }

    private static Speeds of(Passage... passages) {
        return Speeds.of(List.of(passages), ASSUMED, NOW);
    }

    private static Duration expected(Speeds speeds, long from, long to, long mebibytes) {
        return Duration.ofMillis(Rates.USUAL.measured(speeds).duration(new Move.Migrate(1, from, to), Amounts.of(1000, mebibytes * MIB, 0), false));
    }

    @Test
    void afterAFewMovesTheEstimateIsNearTheTruthForEachPairOfHosts() {
        var random = new SplittableRandom(7);
        double[] truth = {0, 20, 250, 900};
        var seen = new ArrayList<Passage>();
        for (int i = 0; i < 60; i++) {
            int from = 1 + random.nextInt(3);
            int to = 1 + (from + random.nextInt(2)) % 3;
            long mebibytes = 512L << random.nextInt(5);
            double seconds = 1 + mebibytes / Math.min(truth[from], truth[to]) * (0.9 + random.nextDouble() * 0.2);
            seen.add(passage(from, to, mebibytes, random.nextInt(8) == 0 ? seconds * 20 : seconds, Duration.ofHours(i)));
        }
        var speeds = Speeds.of(seen, ASSUMED, NOW);
        for (int from = 1; from <= 3; from++) {
            for (int to = 1; to <= 3; to++) {
                if (from != to) {
                    double right = 1 + 4096 / Math.min(truth[from], truth[to]);
                    assertThat(expected(speeds, from, to, 4096).toMillis() / 1000.0).as("%d to %d", from, to).isCloseTo(right, within(right * 0.15));
                }
            }
        }
    }

    @Test
    void aPairThatWasNeverSeenIsAsFastAsItsSlowerHostAndOneWithAnUnknownHostAsAssumed() {
        var speeds = of(passage(1, 2, 1000, 11, Duration.ZERO), passage(1, 2, 1000, 11, Duration.ZERO), passage(4, 3, 1000, 3, Duration.ZERO), passage(4, 3, 1000, 3, Duration.ZERO));
        assertThat(speeds.between(1, 3).getAsLong()).isEqualTo(speeds.between(4, 2).getAsLong()).isEqualTo(100 * MIB);
        assertThat(speeds.between(3, 4)).as("nobody knows how fast 3 sends").isEmpty();
        assertThat(speeds.between(1, 9)).isEmpty();
        assertThat(expected(speeds, 1, 9, 1000)).isEqualTo(expected(Speeds.UNMEASURED, 1, 9, 1000));
    }

    @Test
    void oneOddMoveIsBelievedWhenItWasSlowAndNotWhenItWasFast() {
        assertThat(of(passage(1, 2, 1000, 101, Duration.ZERO)).between(1, 2)).hasValue(10 * MIB);
        assertThat(of(passage(1, 2, 1000, 1.001, Duration.ZERO)).between(1, 2)).hasValue(ASSUMED);
    }

    @Test
    void whatIsOldCountsLessThanWhatIsNewAndIsForgottenForWhatWasAssumed() {
        var month = Duration.ofDays(30);
        var newer = of(passage(1, 2, 1000, 101, month), passage(1, 2, 1000, 101, month), passage(1, 2, 1000, 101, month), passage(1, 2, 1000, 6, Duration.ZERO), passage(1, 2, 1000, 6, Duration.ZERO));
        assertThat(newer.between(1, 2)).hasValue(200 * MIB);
        assertThat(of(passage(1, 2, 1000, 101, month), passage(1, 2, 1000, 101, month)).between(1, 2)).hasValue(ASSUMED);
    }

    @Test
    void ofMovesShorterThanTheAssumedOverheadTheTimeIsRightTooAndNoSpeedIsBoundless() {
        var speeds = of(passage(1, 2, 256, 0.4, Duration.ZERO), passage(1, 2, 256, 0.4, Duration.ZERO));
        assertThat(expected(speeds, 1, 2, 256).toMillis()).isCloseTo(400, within(5L));
        var wild = of(passage(1, 2, 1 << 20, 0.001, Duration.ZERO), passage(1, 2, 1 << 20, 0.001, Duration.ZERO), passage(2, 1, 0, 5, Duration.ZERO), passage(2, 1, 5, 0, Duration.ZERO));
        assertThat(wild.between(1, 2)).hasValue(100L << 30);
        assertThat(wild.pairs()).as("moves of no size or no time tell nothing").containsOnlyKeys(new Pair(1, 2));
    }

    @Test
    void nothingMeasuredIsNothingAssumedAnew() {
        assertThat(Speeds.of(List.of(), ASSUMED, NOW)).isEqualTo(Speeds.UNMEASURED);
        assertThat(Optional.of(expected(Speeds.UNMEASURED, 1, 2, 100))).contains(Duration.ofMillis(2000));
    }
}
