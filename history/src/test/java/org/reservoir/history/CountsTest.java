package org.reservoir.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;
import org.reservoir.kernel.testing.Seeded;

class CountsTest {
    private static final int STEP = 10;

    @Test
    void samplesCountInTheStepInWhichTheyAre() {
        var counts = Counts.of(STEP, new long[] {-11, -10, -1, 0, 9, 30});
        assertThat(counts.starts()).containsExactly(-20, -10, 0, 30);
        assertThat(counts.counts()).containsExactly(1, 2, 2, 1);
        assertThat(counts.at(20)).isZero();
    }

    @Test
    void aSumHasWhatBothHaveAndWhatIsBeyondIsWhatOneHasMoreOf() {
        Seeded.forAll(100, seed -> holds(Seeded.random(seed)));
    }

    private static void holds(RandomGenerator random) {
        var one = random.longs(random.nextInt(40), -200, 200).sorted().toArray();
        var other = random.longs(random.nextInt(40), -200, 200).sorted().toArray();
        var both = Counts.of(STEP, one).with(Counts.of(STEP, other));
        var expected = counted(one);
        counted(other).forEach((start, count) -> expected.merge(start, count, Double::sum));
        assertThat(map(both)).isEqualTo(expected);
        var theirs = counted(other);
        assertThat(Counts.of(STEP, one).beyond(Counts.of(STEP, other)))
                .containsExactly(counted(one).entrySet().stream().filter(each -> each.getValue() > theirs.getOrDefault(each.getKey(), 0.0)).mapToLong(Map.Entry::getKey).toArray());
    }

    private static TreeMap<Long, Double> counted(long[] times) {
        var counted = new TreeMap<Long, Double>();
        Arrays.stream(times).forEach(time -> counted.merge(Math.floorDiv(time, STEP) * STEP, 1.0, Double::sum));
        return counted;
    }

    private static Map<Long, Double> map(Counts counts) {
        var map = new HashMap<Long, Double>();
        for (int i = 0; i < counts.starts().length; i++) {
            map.put(counts.starts()[i], counts.counts()[i]);
        }
        return map;
    }
}
