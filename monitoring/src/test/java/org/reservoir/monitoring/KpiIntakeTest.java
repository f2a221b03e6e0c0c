package org.reservoir.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Measurements.Refusal;

class KpiIntakeTest {
    private static final VeeId VEE = new VeeId(7);

    private static final VeeId OTHER = new VeeId(8);

    private final List<VeeId> readied = new ArrayList<>();
    private final Set<VeeId> ended = new HashSet<>();
    private Instant now = Instant.parse("2026-11-24T12:00:00Z");
    private final Measurements measurements = new Measurements(Measurements.Bounds.USUAL, new Roster());
    private final KpiIntake intake = new KpiIntake(new Desk(), measurements, () -> now, new KpiIntake.Pace(2, 4, 5));
    private final KpiIntake.Voice voice = intake.voice();

    private final class Desk implements GuestDesk {
        @Override
        public boolean knowsSecret(VeeId vee, String secret) {
            return secret.equals(vee.equals(VEE) ? "s3cret" : "secret-of-" + vee);
        }

        @Override
        public boolean lives(VeeId vee) {
            return !ended.contains(vee);
        }

        @Override
        public void ready(VeeId vee) {
            readied.add(vee);
        }
    }

    private Window queue() {
        return measurements.window(Subject.of(VEE), "queue", Duration.ofMinutes(1), now);
    }

    @Test
    void aGuestSaysWhoItIsThenThatItIsReadyThenItsKpis() {
        assertThat(voice.line("HELLO vee-7 s3cret")).isEqualTo("OK");
        assertThat(voice.line("READY\r")).isEqualTo("OK");
        assertThat(voice.line("KPI queue 12.5")).isEqualTo("OK");

        assertThat(readied).containsExactly(VEE);
        assertThat(queue().last()).hasValue(12.5);
    }

    @Test
    void aKpiBeforeAGoodHelloIsRefused() {
        assertThat(voice.line("KPI queue 1")).startsWith("NO NO_HELLO");
        assertThat(voice.line("HELLO vee-7 wrong")).startsWith("NO WRONG_SECRET");
        assertThat(voice.line("KPI queue 1")).startsWith("NO NO_HELLO");
        assertThat(voice.line("READY")).startsWith("NO NO_HELLO");

        assertThat(readied).isEmpty();
        assertThat(queue().isEmpty()).isTrue();
        assertThat(measurements.refusals()).containsEntry(Refusal.NO_HELLO, 3L).containsEntry(Refusal.UNKNOWN_VEE, 1L);
    }

    @Test
    void aWrongHelloTakesBackTheGoodOne() {
        voice.line("HELLO vee-7 s3cret");
        voice.line("HELLO vee-8 s3cret");

        assertThat(voice.line("KPI queue 1")).startsWith("NO NO_HELLO");
    }

    @Test
    void onAChannelOfItsOwnNobodyElseIsBelievedEvenWithARightSecret() {
        var channel = intake.voiceOf(VEE);
        assertThat(channel.line("HELLO vee-8 secret-of-vee-8")).startsWith("NO WRONG_VEE");
        assertThat(channel.line("HELLO vee-7 secret-of-vee-8")).startsWith("NO WRONG_SECRET");
        assertThat(channel.line("KPI queue 3")).startsWith("NO NO_HELLO");
        assertThat(channel.line("HELLO vee-7 s3cret")).isEqualTo("OK");
        assertThat(channel.line("KPI queue 3")).isEqualTo("OK");

        assertThat(queue().last()).hasValue(3);
        assertThat(measurements.seriesCount()).isEqualTo(1);
        assertThat(measurements.refusals()).containsEntry(Refusal.UNKNOWN_VEE, 2L);
    }

    @Test
    void whatEndedSpeaksNoMore() {
        var channel = intake.voiceOf(VEE);
        channel.line("HELLO vee-7 s3cret");
        channel.line("KPI queue 3");
        ended.add(VEE);
        measurements.forget(Set.of(Subject.of(VEE)));

        assertThat(channel.line("KPI queue 4")).startsWith("NO NO_HELLO");
        assertThat(channel.line("READY")).startsWith("NO NO_HELLO");
        assertThat(channel.line("HELLO vee-7 s3cret")).startsWith("NO WRONG_SECRET");
        assertThatThrownBy(() -> intake.report(VEE, "s3cret", Map.of("queue", 5.0))).hasMessageContaining("not the secret");
        assertThatThrownBy(() -> intake.ready(VEE, "s3cret")).hasMessageContaining("not the secret");
        assertThat(measurements.seriesCount()).isZero();
        assertThat(readied).isEmpty();
    }

    @Test
    void aGuestWithAThousandNamesKeepsItsFewAndHindersNobody() {
        voice.line("HELLO vee-7 s3cret");
        for (int i = 0; i < 1000; i++) {
            now = now.plusSeconds(1);
            assertThat(voice.line("KPI name" + i + " 1")).startsWith(i < 5 ? "OK" : "NO KPI_NAMES_USED_UP");
        }
        now = now.plusSeconds(1);
        assertThat(voice.line("KPI name0 2")).isEqualTo("OK");
        assertThatThrownBy(() -> intake.report(VEE, "s3cret", Map.of("name0", 1.0, "another", 1.0))).hasMessageContaining("more than 5 names");
        intake.report(OTHER, "secret-of-vee-8", Map.of("another", 1.0));
        assertThat(measurements.seriesCount()).isEqualTo(6);
        assertThat(measurements.refusals()).containsEntry(Refusal.TOO_MANY_SERIES, 996L);
    }

    @Test
    void whoIsReadyAThousandTimesIsPassedOnAFewTimes() {
        var other = intake.voiceOf(OTHER);
        other.line("HELLO vee-8 secret-of-vee-8");
        voice.line("HELLO vee-7 s3cret");
        for (int i = 0; i < 1000; i++) {
            voice.line("READY");
        }
        assertThat(other.line("READY")).isEqualTo("OK");
        assertThat(readied).containsExactly(VEE, VEE, VEE, OTHER);
        now = now.plusSeconds(5);
        assertThat(voice.line("READY")).as("and again after a reboot").isEqualTo("OK");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "HELLO", "HELLO vee-7", "HELLO host-7 x", "READY now", "KPI queue", "KPI queue NaN", "KPI queue 0x10", "KPI queue 1e999",
            "KPI queue 1 2", "KPI qu\u0000eue 1", "kpi queue 1", "KPI vee.cpu.percent 1", "KPI host.vees 1"})
    void nonsenseGetsOneClearAnswerAndChangesNothing(String line) {
        voice.line("HELLO vee-7 s3cret");

        assertThat(voice.line(line)).startsWith("NO BAD_");
        assertThat(measurements.seriesCount()).isZero();
        assertThat(measurements.refusals()).containsEntry(Refusal.BAD_LINE, 1L);
    }

    @Test
    void anEndlessLineIsRefused() {
        assertThat(voice.line("KPI " + "x".repeat(10_000) + " 1")).startsWith("NO BAD_GUEST_LINE");
    }

    @Test
    void whoReportsTooFastIsToldAndCountedAndMayGoOnLater() {
        voice.line("HELLO vee-7 s3cret");
        for (int i = 0; i < 4; i++) {
            assertThat(voice.line("KPI queue " + i)).isEqualTo("OK");
        }
        assertThat(voice.line("KPI queue 5")).startsWith("NO TOO_MANY_REPORTS");
        var second = intake.voiceOf(VEE);
        second.line("HELLO vee-7 s3cret");
        assertThat(second.line("KPI queue 5")).as("a second connection does not help").startsWith("NO TOO_MANY_REPORTS");
        now = now.plusSeconds(1);
        assertThat(voice.line("KPI queue 6")).isEqualTo("OK");
        assertThat(measurements.refusals()).containsEntry(Refusal.RATE_LIMIT, 2L);
    }

    @Test
    void anHttpReportIsTakenWholeOrNotAtAll() {
        intake.report(VEE, "s3cret", Map.of("queue", 1.0, "users", 2.0));
        assertThat(measurements.seriesCount()).isEqualTo(2);

        assertThatThrownBy(() -> intake.report(VEE, "s3cret", Map.of("more", 1.0, "bad name", 2.0))).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> intake.report(VEE, "wrong", Map.of("more", 1.0))).hasMessageContaining("vee-7");
        assertThatThrownBy(() -> intake.report(VEE, "s3cret", Map.of("a", 1.0, "b", 1.0, "c", 1.0))).hasMessageContaining("faster");
        assertThat(measurements.seriesCount()).isEqualTo(2);
    }

    @Test
    void theSecretIsWrittenIntoNoText() {
        assertThat(GuestLine.parse("HELLO vee-7 s3cret").toString()).doesNotContain("s3cret");
        assertThat(voice.line("HELLO vee-7 s3crets")).doesNotContain("s3cret");
    }

    @Test
    void noLineWhateverItHoldsBreaksTheIntake() {
        Seeded.forAll(2000, seed -> {
            var random = Seeded.random(seed);
            var words = new String[] {"HELLO", "READY", "KPI", "vee-7", "s3cret", "queue", "1", "-1e9", " ", "\u0000", "é", "vee-", "9".repeat(30)};
            var line = new StringBuilder();
            for (int i = random.nextInt(6); i >= 0; i--) {
                line.append(words[random.nextInt(words.length)]).append(random.nextBoolean() ? " " : "");
            }
            assertThat(voice.line(line.toString())).matches("OK|NO [A-Z_]+ [^\\r\\n]*");
        });
    }
}
