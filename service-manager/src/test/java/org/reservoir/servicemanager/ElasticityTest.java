package org.reservoir.servicemanager;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.servicemanager.Elasticity.Standing;

class ElasticityTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    static ElasticRule rule(String quota, String tolerance) {
        return new ElasticRule("web:load", "load", Optional.empty(), Duration.ofSeconds(60), Duration.ofSeconds(10), new BigDecimal(quota), new BigDecimal(tolerance),
                100, 1, true, Duration.ofSeconds(60), Duration.ofSeconds(180));
    }

    private static Verdict decide(int least, int most, int wanted, Optional<Instant> changed, Window window) {
        return Elasticity.decide(new Standing(least, most, wanted, changed), List.of(rule("50", "0.2")), _ -> window, NOW).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        // wanted, total, to, kind: quota 50, tolerance 20 %, 1 to 4 replicas
        "1,  50, 1, STAY", "1,  60, 1, STAY", "1,  61, 2, UP", "1, 150, 2, UP", "2, 150, 3, UP", "2, 999, 4, UP", "3, 999, 4, UP", "4, 999, 4, BOUND",
        "2,  81, 2, STAY", "2,  79, 2, STAY", "2,  50, 1, DOWN", "4,  10, 3, DOWN", "1,  10, 1, STAY", "1,   0, 1, BOUND", "3,  90, 2, DOWN", "3, 130, 3, STAY"})
    void theLoadPerReplicaDecides(int wanted, double total, int to, Verdict.Kind kind) {
        var verdict = decide(1, 4, wanted, Optional.empty(), Window.of(total, 1));
        assertThat(verdict.to()).isEqualTo(to);
        assertThat(verdict.kind()).isEqualTo(kind);
        assertThat(verdict.inputs()).containsEntry("replicas", String.valueOf(wanted)).containsKey("total");
    }

    @Test
    void nothingIsDecidedOnAWindowThatIsNotMeasuredYet() {
        assertThat(decide(1, 4, 3, Optional.empty(), Window.EMPTY).kind()).isEqualTo(Verdict.Kind.NO_DATA);
        assertThat(decide(1, 4, 3, Optional.empty(), Window.of(999, 0.79)).to()).isEqualTo(3);
        assertThat(decide(1, 4, 3, Optional.empty(), Window.of(999, 0.8)).to()).isEqualTo(4);
    }

    @Test
    void aFreshChangeHoldsTheNextOneBackInEachDirectionForItsOwnTime() {
        var ago100 = Optional.of(NOW.minusSeconds(100));
        assertThat(decide(1, 4, 1, ago100, Window.of(90, 1)).kind()).isEqualTo(Verdict.Kind.UP);
        assertThat(decide(1, 4, 3, ago100, Window.of(10, 1)).kind()).isEqualTo(Verdict.Kind.COOLDOWN);
        assertThat(decide(1, 4, 1, Optional.of(NOW.minusSeconds(59)), Window.of(90, 1)).kind()).isEqualTo(Verdict.Kind.COOLDOWN);
        assertThat(decide(1, 4, 3, Optional.of(NOW.minusSeconds(180)), Window.of(10, 1)).kind()).isEqualTo(Verdict.Kind.DOWN);
    }

    @Test
    void fromNoReplicasAnyLoadBringsTheFirst() {
        assertThat(decide(0, 4, 0, Optional.empty(), Window.of(10, 1)).to()).isEqualTo(1);
        assertThat(decide(0, 4, 0, Optional.empty(), Window.of(0, 1)).to()).isZero();
        assertThat(decide(0, 4, 1, Optional.empty(), Window.of(0, 1)).to()).isZero();
    }

    @Test
    void ofSeveralRulesTheOneThatWantsMostDecides() {
        var mild = rule("50", "0.2");
        var strict = rule("10", "0.2");
        var verdict = Elasticity.decide(new Standing(1, 9, 2, Optional.empty()), List.of(mild, strict), _ -> Window.of(40, 1), NOW).orElseThrow();
        assertThat(verdict.to()).isEqualTo(4);
    }

    @Test
    void asLongAsOneRuleIsBlindNothingShrinks() {
        var seeing = rule("50", "0.2");
        var blind = rule("10", "0.2");
        var standing = new Standing(1, 9, 4, Optional.empty());
        var verdict = Elasticity.decide(standing, List.of(seeing, blind), rule -> rule == seeing ? Window.of(1, 1) : Window.EMPTY, NOW).orElseThrow();
        assertThat(verdict.kind()).isEqualTo(Verdict.Kind.NO_DATA);
        var up = Elasticity.decide(standing, List.of(seeing, blind), rule -> rule == seeing ? Window.of(999, 1) : Window.EMPTY, NOW).orElseThrow();
        assertThat(up.kind()).isEqualTo(Verdict.Kind.UP);
    }

    @Test
    void whateverIsMeasuredTheBoundsHold() {
        Seeded.forAll(2_000, seed -> {
            var random = Seeded.random(seed);
            int least = random.nextInt(0, 5);
            int most = Math.max(1, least + random.nextInt(0, 8));
            int wanted = random.nextInt(least, most + 1);
            var window = random.nextInt(5) == 0 ? Window.EMPTY : Window.of(random.nextDouble(-10, 2_000), random.nextDouble());
            var verdict = decide(least, most, wanted, Optional.empty(), window);
            assertThat(verdict.from()).isEqualTo(wanted);
            assertThat(verdict.to()).isBetween(least, most);
            if (window.coverage() < 0.8) {
                assertThat(verdict.changes()).isFalse();
            }
        });
    }

    @Test
    void moreLoadNeverMeansFewerReplicas() {
        Seeded.forAll(1_000, seed -> {
            var random = Seeded.random(seed);
            int wanted = random.nextInt(1, 10);
            double load = random.nextDouble(0, 1_000);
            double more = load + random.nextDouble(0, 500);
            assertThat(decide(1, 10, wanted, Optional.empty(), Window.of(more, 1)).to()).isGreaterThanOrEqualTo(decide(1, 10, wanted, Optional.empty(), Window.of(load, 1)).to());
        });
    }

    @Test
    void atAConstantLoadNothingFlaps() {
        Seeded.forAll(500, seed -> {
            var random = Seeded.random(seed);
            double load = random.nextDouble(0, 600);
            int wanted = random.nextInt(1, 11);
            int direction = 0;
            for (int i = 0; i < 40; i++) {
                int to = decide(1, 10, wanted, Optional.empty(), Window.of(load, 1)).to();
                int step = Integer.signum(to - wanted);
                assertThat(step * direction).as("load %s: from %d to %d", load, wanted, to).isGreaterThanOrEqualTo(0);
                direction = step == 0 ? direction : step;
                wanted = to;
            }
            assertThat(decide(1, 10, wanted, Optional.empty(), Window.of(load, 1)).to()).isEqualTo(wanted);
        });
    }
}
