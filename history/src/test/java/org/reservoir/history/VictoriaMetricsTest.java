package org.reservoir.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.History;
import org.reservoir.monitoring.history.Matcher;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;

/** One history as good as the other: the same samples and questions to ours and to Debian's VictoriaMetrics. */
@Tag("real")
class VictoriaMetricsTest {
    private static final int ROWS = 400;
    private static final int MANY = 1_000_000;

    @TempDir
    private Path folder;

    private static void fill(History history, long begin) {
        for (int vee = 1; vee <= 3; vee++) {
            var labels = new Labels(Optional.of(new ServiceId(1)), Optional.of("web"), Optional.of(new HostId(vee)));
            var pen = history.pen(Subject.of(new VeeId(vee)), List.of("load", "vee.cpu.percent"), labels);
            for (int i = 0; i < ROWS; i++) {
                assertThat(pen.write(begin + i * 1000L, vee * i / 4.0, i % 7)).isTrue();
            }
        }
        history.pen(Subject.of(new HostId(1)), List.of("host.vees"), Labels.NONE).write(begin + 5_000, 3);
        history.pen(Subject.site(), List.of("site.lag"), Labels.NONE).write(begin + 5_000, 0.5);
    }

    @Test
    void bothAnswerAlike() throws Exception {
        long begin = (System.currentTimeMillis() / 60_000 - 60) * 60_000;
        try (var victoria = Peer.victoriaMetrics(folder); var theirs = PrometheusHistory.at(victoria.uri(), InstantSource.system());
             var ours = TsFileHistory.open(folder.resolve("history"), HistoryPolicy.USUAL.within(1L << 30, 0), InstantSource.system())) {
            fill(ours, begin);
            fill(theirs, begin);
            ours.settle();
            for (int tries = 0; tries < 600 && theirs.health().kept() < 3 * ROWS + 2; tries++) {
                Thread.sleep(100);
            }
            assertThat(theirs.health()).satisfies(health -> {
                assertThat(health.kept()).isEqualTo(3 * ROWS + 2);
                assertThat(health.dropped()).isZero();
                assertThat(health.trouble()).isEmpty();
            });
            victoria.get("/internal/force_flush");
            var span = new Span(begin, begin + ROWS * 1000L);
            for (var wanted : List.of(new Wanted.One(new SeriesKey(Subject.of(new VeeId(2)), "load")), new Wanted.One(new SeriesKey(Subject.of(new HostId(1)), "host.vees")),
                    new Wanted.Of(Optional.of(Subject.of(new HostId(1))), Optional.empty()), new Wanted.Of(Optional.empty(), Optional.of("load")), new Wanted.Of(Optional.of(Subject.site()), Optional.empty()),
                    new Wanted.Matching(List.of(Matcher.of("host", Matcher.Op.LIKE, "host-[13]"), Matcher.of("kpi", Matcher.Op.EQUAL, "load"))))) {
                assertThat(said(theirs.points(wanted, span, MANY))).as(wanted.toString()).isNotEmpty().isEqualTo(said(ours.points(wanted, span, MANY)));
                assertThat(told(theirs.buckets(wanted, span, Duration.ofMinutes(1), MANY))).as(wanted.toString()).isEqualTo(told(ours.buckets(wanted, span, Duration.ofMinutes(1), MANY)));
                assertThat(theirs.series(wanted, MANY)).containsExactlyInAnyOrderElementsOf(ours.series(wanted, MANY));
            }
        }
    }

    private static List<String> said(List<org.reservoir.monitoring.history.Points> all) {
        return all.stream().map(points -> points.series() + java.util.Arrays.toString(points.times()) + java.util.Arrays.toString(points.values())).sorted().toList();
    }

    private static List<String> told(List<Buckets> all) {
        return all.stream().map(b -> b.series() + java.util.Arrays.toString(b.starts()) + java.util.Arrays.toString(b.counts()) + java.util.Arrays.toString(b.sums())
                + java.util.Arrays.toString(b.mins()) + java.util.Arrays.toString(b.maxs()) + java.util.Arrays.toString(b.last())).sorted().toList();
    }

    @Test
    void aStoreThatDoesNotAnswerIsToldAndWhatWasTakenIsCountedAsDropped() {
        var history = PrometheusHistory.at(URI.create("http://127.0.0.1:9"), InstantSource.system());
        history.pen(Subject.site(), List.of("site.lag"), Labels.NONE).write(1_764_000_000_000L, 1);
        history.close();
        assertThat(history.health().dropped()).isEqualTo(1);
        assertThat(history.health().trouble()).contains("does not answer");
    }
}
