package org.reservoir.servicemanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.manifest.Component;
import org.reservoir.manifest.Manifest;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.Subject;

/** Rules of a manifest that name a figure, such as {@code p95(latency, 60s)}, from what guests report to what is decided. */
class FiguresOfRulesTest {
    private static final Instant BEGIN = Instant.parse("2026-11-20T10:00:00Z");
    private static final ServiceId SHOP = new ServiceId(5);
    private static final List<Manifest.Kpi> KPIS = List.of(new Manifest.Kpi("latency", "AGENT", 1), new Manifest.Kpi("queue.jobs", "AGENT", 2));
    private static final Elasticity.Standing TWO = new Elasticity.Standing(1, 10, 2, Optional.empty());

    private final Roster roster = new Roster();
    private final Measurements measurements = new Measurements(Measurements.Bounds.USUAL, roster);
    private final KpiWindows windows = new MeasuredKpis(measurements);

    private static Component.Rule rule(String text) {
        return new Component.Rule(text, Duration.ofSeconds(60), 6, new BigDecimal("100"), Optional.empty(), "AGENT", 7);
    }

    private static ElasticRule elastic(String text) {
        return new ElasticRule("web:" + text, text, rule(text).figure(KPIS), Duration.ofSeconds(60), Duration.ofSeconds(10), new BigDecimal("100"), new BigDecimal("0.1"), 100, 1, true, Duration.ZERO, Duration.ZERO);
    }

    private void runs(int vee) {
        roster.note(new VeeId(vee), new Labels(Optional.of(SHOP), Optional.of("web"), Optional.empty()));
    }

    /** One value a second for so long. */
    private void tells(int vee, String kpi, int seconds, double usual, double atTimes) {
        for (int i = 1; i <= seconds; i++) {
            measurements.take(Subject.of(new VeeId(vee)), kpi, i % 10 == 0 ? atTimes : usual, BEGIN.plusSeconds(i));
        }
    }

    private Verdict decided(String text, int second) {
        var now = BEGIN.plusSeconds(second);
        var rule = elastic(text);
        return Elasticity.decide(TWO, List.of(rule), it -> it.window(windows, SHOP, List.of("web"), now), now).orElseThrow();
    }

    @Test
    void whatIsRareAndBadCountsWhereItsAverageWouldHideIt() {
        runs(1);
        runs(2);
        tells(1, "latency", 60, 10, 400); // one of ten is slow
        tells(2, "latency", 60, 10, 300);
        assertThat(decided("latency", 60).kind()).as("on average all is well").isEqualTo(Verdict.Kind.DOWN);
        var grown = decided("p95(latency, 60s)", 60);
        assertThat(grown.kind()).isEqualTo(Verdict.Kind.UP);
        assertThat(grown.to()).as("700 in all, 100 each, doubled at once at most").isEqualTo(4);
        assertThat(grown.inputs()).containsEntry("kpi", "p95(latency, 60s)").containsEntry("total", "700");
        assertThat(elastic("p95(latency, 60s)").text()).isEqualTo("web:p95(latency, 60s): keep p95(latency, 60s) at 100 per replica, within 10 %");
    }

    @Test
    void everyFigureOfAWindowCanBeNamedAndSeveralTogether() {
        runs(1);
        runs(2);
        for (int vee = 1; vee <= 2; vee++) {
            tells(vee, "latency", 60, 20, 400);
            tells(vee, "queue.jobs", 60, 50, 50);
        }
        for (var text : List.of("avg(latency, 60s)", "min(latency, 60s)", "max(latency, 60s)", "sum(latency, 60s)", "last(latency, 60s)", "count(latency, 60s)", "rate(latency, 60s)",
                "p50(latency, 60s)", "p75(latency, 60s)", "p90(latency, 60s)", "p99(latency, 60s)", "max(queue.jobs, 30s) + p90(latency, 60s) / 2")) {
            assertThat(elastic(text).window(windows, SHOP, List.of("web"), BEGIN.plusSeconds(60)).total()).as(text).isPresent();
        }
        assertThat(elastic("max(queue.jobs, 30s) + max(latency, 60s) / 2").window(windows, SHOP, List.of("web"), BEGIN.plusSeconds(60)).total()).hasValue(2 * (50 + 200));
    }

    @Test
    void silenceIsNeverReadAsNoLoad() {
        runs(1);
        runs(2);
        assertThat(decided("p95(latency, 60s)", 60).kind()).as("nobody told anything yet").isEqualTo(Verdict.Kind.NO_DATA);
        tells(1, "latency", 60, 20, 20);
        var half = decided("p95(latency, 60s)", 60);
        assertThat(half.kind()).as("one is silent: it may have the load that is missed").isEqualTo(Verdict.Kind.NO_DATA);
        tells(2, "latency", 60, 20, 20);
        assertThat(decided("p95(latency, 60s)", 60).kind()).as("both say that there is little").isEqualTo(Verdict.Kind.DOWN);
        var late = decided("p95(latency, 60s)", 100);
        assertThat(late.kind()).as("and then fall silent").isEqualTo(Verdict.Kind.NO_DATA);
        assertThat(late.why()).contains("too little of its time is measured");
    }

    @Test
    void aPartOfTheLoadIsEnoughToGrowOn() {
        runs(1);
        runs(2);
        tells(1, "latency", 60, 500, 500);
        assertThat(decided("p95(latency, 60s)", 60).kind()).isEqualTo(Verdict.Kind.UP);
    }

    @Test
    void aFigureThatCannotBeUsedIsRefusedWithWhatIsWrong() {
        assertThat(rule("latency").figure(KPIS)).isEmpty();
        for (var wrong : List.of("p95(unknown, 60s)", "p95(latency)", "p95(latency, 60s) > 3", "p95(latency, 60s", "p42(latency, 60s)")) {
            assertThatThrownBy(() -> rule(wrong).figure(KPIS)).as(wrong).isInstanceOf(Refused.class);
        }
    }
}
