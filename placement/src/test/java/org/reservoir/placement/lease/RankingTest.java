package org.reservoir.placement.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.reservoir.kernel.testing.Seeded;

class RankingTest {
    @Test
    void hostsComeByTheirScoresAndAmongEqualsInTheirOrder() {
        var random = Seeded.random(3);
        for (int round = 0; round < 200; round++) {
            var hosts = IntStream.range(0, random.nextInt(40)).map(i -> 7 * i).toArray();
            var scores = IntStream.range(0, hosts.length).mapToDouble(_ -> random.nextInt(6)).toArray();
            var ranking = new Ranking(hosts, scores);
            var sorted = IntStream.range(0, hosts.length).boxed().sorted(Comparator.comparingDouble((Integer i) -> scores[i]).reversed()).mapToInt(i -> hosts[i]).toArray();
            for (int asked = 0; asked < 3 * hosts.length; asked++) {
                int place = random.nextInt(hosts.length);
                assertThat(ranking.host(place)).isEqualTo(sorted[place]);
            }
        }
    }
}
