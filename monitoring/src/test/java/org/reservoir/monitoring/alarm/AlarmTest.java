package org.reservoir.monitoring.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.testing.Seeded;

class AlarmTest {
    private static final Instant BEGIN = Instant.parse("2026-11-24T10:00:00Z");

    private static AlarmRule rule(AlarmRule.Kind kind, double threshold, Double clear, int after, int clearAfter) {
        return new AlarmRule("load", Optional.empty(), kind, Optional.empty(), Duration.ofMinutes(1), threshold, Optional.ofNullable(clear), Duration.ofSeconds(after),
                Duration.ofSeconds(clearAfter), 4, List.of(), List.of());
    }

    /** Figures ten seconds apart; x nothing heard, ? too little heard. */
    private static List<Alarm.State> states(AlarmRule rule, String figures) {
        var alarm = Alarm.quiet(BEGIN);
        var states = new ArrayList<Alarm.State>();
        var now = BEGIN;
        for (var figure : figures.split(" ")) {
            now = now.plusSeconds(10);
            alarm = alarm.next(rule, switch (figure) {
                case "x" -> new Reading.Silent();
                case "?" -> new Reading.Unknown();
                default -> rule.kind() == AlarmRule.Kind.ANOMALY ? new Reading.Beside(Double.parseDouble(figure), 50, 10) : new Reading.Level(Double.parseDouble(figure));
            }, now);
            states.add(alarm.state());
        }
        return states;
    }

    private static String letters(List<Alarm.State> states) {
        return String.join("", states.stream().map(state -> state.name().substring(0, 1)).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"ABOVE | 90 | 90 | 0 | 0 | 80 91 95 90 91 | QFFQF", "ABOVE | 90 | 80 | 0 | 0 | 91 85 81 80 85 | FFFQQ", "ABOVE | 90 | 80 | 20 | 0 | 91 92 93 70 | PPFQ",
            "ABOVE | 90 | 80 | 20 | 0 | 91 92 85 91 92 93 | PPQPPF", "ABOVE | 90 | 80 | 0 | 20 | 91 70 70 91 70 70 70 | FCCFCCQ", "ABOVE | 90 | 80 | 0 | 20 | 91 70 85 75 | FCCQ",
            "BELOW | 10 | 20 | 0 | 0 | 5 15 20 15 9 | FFQQF", "ABSENT | 0 | 0 | 20 | 0 | x x x 1 x | PPFQP", "ABOVE | 90 | 90 | 0 | 0 | 91 x ? x 80 | FFFFQ", "ABOVE | 90 | 90 | 20 | 0 | 91 x 91 | PQP",
            "ANOMALY | 2 | 2 | 0 | 0 | 50 69 71 70 29 ? | QQFQFF", "ABSENT | 0 | 0 | 0 | 0 | ? x ? 1 | QFFQ"})
    void anAlarmGoesByItsRule(AlarmRule.Kind kind, double threshold, double clear, int after, int clearAfter, String figures, String states) {
        assertThat(letters(states(rule(kind, threshold, kind == AlarmRule.Kind.ANOMALY ? null : clear, after, clearAfter), figures))).isEqualTo(states);
    }

    /** Weeks without any spread, or hardly any, have one of a hundredth of what is usual; at nought there is no hundredth, and anything else is odd. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"100 | 0 | 1 | 100 | Q", "100 | 0 | 1 | 100.9 | Q", "100 | 0 | 1 | 101.1 | F", "100 | 0 | 1 | 98.9 | F", "100 | 0 | 3 | 102.9 | Q", "100 | 0 | 3 | 103.1 | F",
            "100 | 0.001 | 1 | 100.5 | Q", "100 | 0.5 | 1 | 100.9 | Q", "100 | 2 | 1 | 101.5 | Q", "100 | 2 | 1 | 102.1 | F", "-40 | 0 | 1 | -40.3 | Q", "-40 | 0 | 1 | -40.5 | F", "0.1 | 0 | 1 | 0.10000000000000002 | Q",
            "3 | 0 | 1 | 4 | F", "4294967296 | 0 | 1 | 4294967297 | Q", "0 | 0 | 1 | 0 | Q", "0 | 0 | 1 | 1 | F", "0 | 0.5 | 1 | 0.4 | Q", "0 | 0.5 | 1 | 0.6 | F"})
    void whatWasAlwaysTheSameIsOddWhenItIsAnotherByMoreThanAHundredth(double usual, double spread, double threshold, double value, String state) {
        var alarm = Alarm.quiet(BEGIN).next(rule(AlarmRule.Kind.ANOMALY, threshold, null, 0, 0), new Reading.Beside(value, usual, spread), BEGIN);
        assertThat(letters(List.of(alarm.state()))).isEqualTo(state);
    }

    @Test
    void aClockThatIsSetBackByAnHourHoldsNothingUpByMoreThanItsTime() {
        var rule = rule(AlarmRule.Kind.ABOVE, 90, 80.0, 20, 20);
        var back = BEGIN.minus(Duration.ofHours(1));
        var pending = Alarm.quiet(BEGIN).next(rule, new Reading.Level(99), BEGIN);
        var again = pending.next(rule, new Reading.Level(99), back);
        assertThat(again.state()).isEqualTo(Alarm.State.PENDING);
        var firing = again.next(rule, new Reading.Level(99), back.plusSeconds(20));
        assertThat(firing.state()).isEqualTo(Alarm.State.FIRING);
        var clearing = new Alarm(Alarm.State.CLEARING, BEGIN, 70).next(rule, new Reading.Level(70), back);
        assertThat(clearing.next(rule, new Reading.Level(70), back.plusSeconds(20)).state()).isEqualTo(Alarm.State.QUIET);
    }

    /** Whatever comes, people are told in turn that it fires and that it does not, and never of what lasts shorter than the rule says. */
    @Test
    void itNeverFlapsFasterThanItsTimes() {
        Seeded.forAll(100, seed -> {
            var random = Seeded.random(seed);
            var rule = rule(AlarmRule.Kind.ABOVE, 50, 40.0, 30, 60);
            var alarm = Alarm.quiet(BEGIN);
            Instant changed = BEGIN.minusSeconds(1000);
            Instant now = BEGIN;
            for (int i = 0; i < 500; i++) {
                now = now.plusSeconds(10);
                var next = alarm.next(rule, random.nextInt(5) == 0 ? new Reading.Unknown() : new Reading.Level(random.nextDouble(100)), now);
                if (next.isOn() != alarm.isOn()) {
                    assertThat(Duration.between(changed, now)).isGreaterThanOrEqualTo(Duration.ofSeconds(next.isOn() ? 30 : 60));
                    changed = now;
                }
                alarm = next;
            }
        });
    }

    @Test
    void aRuleThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> rule(AlarmRule.Kind.ABOVE, 90, 95.0, 0, 0)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> rule(AlarmRule.Kind.BELOW, 10, 5.0, 0, 0)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> rule(AlarmRule.Kind.ANOMALY, 0, null, 0, 0)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> new AlarmRule.Webhook("file:///etc/passwd", "")).isInstanceOf(Refused.class);
    }
}
