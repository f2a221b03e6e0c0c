package org.reservoir.monitoring.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.reservoir.kernel.testing.Seeded;

class WheelTest {
    private static final class Named extends Wheel.Spoke {
        private final int name;

        Named(int name) {
            this.name = name;
        }
    }

    private static List<Integer> turned(Wheel wheel, long now) {
        var fired = new ArrayList<Integer>();
        wheel.turn(now, spoke -> fired.add(((Named) spoke).name));
        return fired;
    }

    @Test
    void eachIsDueOnceAtItsTimeUnlessItIsCancelledOrPutOff() {
        Seeded.forAll(20, seed -> {
            var random = Seeded.random(seed);
            var wheel = new Wheel(0);
            var due = new TreeMap<Integer, Long>();
            var spokes = new ArrayList<Named>();
            for (int i = 0; i < 40; i++) {
                spokes.add(new Named(i));
            }
            for (long now = 0; now < 40_000; now += 10 * (1 + random.nextInt(30))) {
                var one = spokes.get(random.nextInt(40));
                if (random.nextInt(4) == 0) {
                    wheel.cancel(one);
                    due.remove(one.name);
                } else {
                    long in = 10L * (1 + random.nextInt(2_000));
                    wheel.turn(now, spoke -> due.remove(((Named) spoke).name));
                    wheel.schedule(one, in);
                    due.put(one.name, now + in);
                }
                long until = now;
                var expected = due.entrySet().stream().filter(entry -> entry.getValue() <= until).map(java.util.Map.Entry::getKey).toList();
                assertThat(turned(wheel, now)).containsExactlyInAnyOrderElementsOf(expected);
                due.keySet().removeAll(expected);
            }
        });
    }

    @Test
    void aWheelIsQuietUntilItsNextSlotThatHoldsSomething() {
        var wheel = new Wheel(0);
        assertThat(wheel.quiet(5)).isEqualTo(5);
        var one = new Named(1);
        wheel.schedule(one, 40);
        assertThat(wheel.quiet(5)).isEqualTo(3);
        assertThat(turned(wheel, 30)).isEmpty();
        assertThat(wheel.quiet(5)).isZero();
        assertThat(turned(wheel, 40)).containsExactly(1);
        wheel.again(one, 1_000);
        assertThat(wheel.quiet(5)).isEqualTo(5);
    }

    @Test
    void thoseThatNeedNotBeDueToTheTickAreDueSeveralAtOnceAndStaySo() {
        var wheel = new Wheel(0);
        for (int i = 0; i < 10; i++) {
            wheel.scheduleTogether(new Named(i), 210 + 70 * i, 10_000);
        }
        var quick = new Named(10);
        wheel.scheduleTogether(quick, 210, 100);
        assertThat(turned(wheel, 210)).as("what is often due is due to the tick").containsExactly(10);
        assertThat(turned(wheel, 990)).isEmpty();
        var fired = new ArrayList<Wheel.Spoke>();
        wheel.turn(1_000, fired::add);
        assertThat(fired).hasSize(10);
        fired.forEach(spoke -> wheel.again(spoke, 10_000));
        assertThat(turned(wheel, 10_990)).isEmpty();
        assertThat(turned(wheel, 11_000)).hasSize(10);
    }

    @Test
    void whoMayBeDueLaterIsSoByATenthOfItsPeriodAtMostAndNeverByMoreThanASecond() {
        for (int period : new int[] {1_000, 5_000, 60_000}) {
            var wheel = new Wheel(0);
            wheel.scheduleTogether(new Named(1), 1_010, period);
            assertThat(turned(wheel, 1_000)).as("none is due before its time").isEmpty();
            assertThat(turned(wheel, 1_010 + Math.min(period / 10, 1_000))).as("of %d ms", period).containsExactly(1);
        }
    }
}
