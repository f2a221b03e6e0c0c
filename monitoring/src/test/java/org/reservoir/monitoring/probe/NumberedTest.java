package org.reservoir.monitoring.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.reservoir.kernel.testing.Seeded;

class NumberedTest {
    @Test
    void itHoldsWhatASortedTableHoldsWhateverTheOrderOfNumbers() {
        Seeded.forAll(20, seed -> {
            var random = Seeded.random(seed);
            var numbered = new Numbered<String>();
            var table = new TreeMap<Integer, String>();
            for (int step = 0; step < 300; step++) {
                int number = random.nextInt(60);
                if (random.nextInt(3) == 0) {
                    assertThat(numbered.remove(number).orElse("none")).isEqualTo(table.containsKey(number) ? table.remove(number) : "none");
                } else {
                    numbered.put(number, "thing " + step);
                    table.put(number, "thing " + step);
                }
                assertThat(numbered.numbers()).containsExactlyElementsOf(table.keySet());
                assertThat(numbered.all()).containsExactlyElementsOf(table.values());
                assertThat(numbered.of(number).orElse("none")).isEqualTo(table.getOrDefault(number, "none"));
            }
        });
    }
}
