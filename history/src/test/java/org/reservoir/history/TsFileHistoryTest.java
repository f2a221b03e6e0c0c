package org.reservoir.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.Matcher;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;

class TsFileHistoryTest {
    private static final Subject VEE = Subject.of(new VeeId(7));
    private static final Wanted LOAD = new Wanted.One(new SeriesKey(VEE, "load"));
    private static final Instant BEGIN = Instant.parse("2026-11-24T10:00:00Z");
    private static final HistoryPolicy POLICY = HistoryPolicy.USUAL.within(1L << 30, 0);
    private static final int MANY = 1_000_000;

    @TempDir
    private Path folder;
    private final AtomicLong now = new AtomicLong(BEGIN.toEpochMilli());
    private TsFileHistory history;

    @BeforeEach
    void begin() {
        open(POLICY);
    }

    @AfterEach
    void end() {
        history.close();
    }

    private void open(HistoryPolicy policy) {
        history = TsFileHistory.open(folder.resolve("history"), policy, () -> Instant.ofEpochMilli(now.get()));
    }

    private void reopen() {
        history.close();
        open(POLICY);
    }

    private static long at(long second) {
        return BEGIN.toEpochMilli() + second * 1_000;
    }

    private Points points(Wanted wanted, long from, long to) {
        var all = history.points(wanted, new Span(at(from), at(to)), MANY);
        return all.isEmpty() ? new Points(null, new long[0], new double[0]) : all.getFirst();
    }

    private void write(int from, int to) throws InterruptedException {
        var pen = history.pen(VEE, List.of("load"), Labels.NONE);
        for (int i = from; i < to; i++) {
            pen.write(at(i), i / 8.0);
        }
        now.set(Math.max(now.get(), at(to)));
        history.settle();
    }

    @Test
    void whatWasTakenIsFoundInTheHeadInSegmentsAndAfterARestart() throws Exception {
        write(0, 100);
        assertThat(points(LOAD, 10, 19).values()).containsExactly(1.25, 1.375, 1.5, 1.625, 1.75, 1.875, 2, 2.125, 2.25, 2.375);
        history.seal();
        write(100, 200);
        assertThat(points(LOAD, 0, 1000).count()).isEqualTo(200);
        reopen();
        var all = points(LOAD, 0, 1000);
        assertThat(all.count()).isEqualTo(200);
        assertThat(all.times()[199]).isEqualTo(at(199));
        assertThat(all.values()[199]).isEqualTo(199 / 8.0);
        assertThat(history.health().trouble()).isEmpty();
    }

    @Test
    void valuesComeBackAsTheyWereWhateverTheyAre() throws Exception {
        var values = new double[] {0, -0.0, 1, -1, 0.1, 1e300, -1e-300, 9007199254740993.0, 4e18, Double.MIN_VALUE, Double.MAX_VALUE, 1L << 53, -(1L << 53), 12.5};
        var names = List.of("mixed", "whole");
        var pen = history.pen(VEE, names, Labels.NONE);
        for (int i = 0; i < values.length; i++) {
            pen.write(at(i), values[i], i * 1_000_003L);
        }
        history.settle();
        history.seal();
        assertThat(points(new Wanted.One(new SeriesKey(VEE, "mixed")), 0, 99).values()).containsExactly(values);
        assertThat(points(new Wanted.One(new SeriesKey(VEE, "whole")), 0, 99).values()[13]).isEqualTo(13 * 1_000_003L);
    }

    @Test
    void decimalsComeBackToTheLastBit() throws Exception {
        var random = org.reservoir.kernel.testing.Seeded.random(5);
        var names = List.of("tenths", "hundredths", "thousandths", "large");
        var pen = history.pen(VEE, names, Labels.NONE);
        var rows = new double[4][2_000];
        for (int i = 0; i < 2_000; i++) {
            rows[0][i] = random.nextInt(-1_000, 1_000) / 10.0;
            rows[1][i] = random.nextInt(-1_000_000, 1_000_000) / 100.0;
            rows[2][i] = random.nextInt() / 1000.0;
            rows[3][i] = random.nextLong(1L << 52) / 10.0;
            pen.write(at(i), rows[0][i], rows[1][i], rows[2][i], rows[3][i]);
        }
        history.settle();
        history.seal();
        for (int k = 0; k < names.size(); k++) {
            assertThat(points(new Wanted.One(new SeriesKey(VEE, names.get(k))), 0, 9_999).values()).containsExactly(rows[k]);
        }
    }

    @Test
    void aRowMayLackValuesAndASeriesMayComeInSeveralRows() throws Exception {
        history.pen(VEE, List.of("load", "other"), Labels.NONE).write(at(1), 1, Double.NaN);
        history.pen(VEE, List.of("load"), Labels.NONE).write(at(2), 2);
        history.pen(VEE, List.of("other", "load"), Labels.NONE).write(at(3), Double.NaN, 3);
        history.settle();
        assertThat(points(LOAD, 0, 9).values()).containsExactly(1, 2, 3);
        history.seal();
        assertThat(points(LOAD, 0, 9).values()).containsExactly(1, 2, 3);
        assertThat(history.points(new Wanted.One(new SeriesKey(VEE, "other")), new Span(at(0), at(9)), MANY)).isEmpty();
    }

    @Test
    void ofTwoSamplesOfOneTimeTheLaterTakenStays() throws Exception {
        write(0, 10);
        history.seal();
        history.pen(VEE, List.of("load"), Labels.NONE).write(at(5), 99);
        history.settle();
        assertThat(points(LOAD, 5, 5).values()).containsExactly(99);
        history.seal();
        assertThat(points(LOAD, 5, 5).values()).containsExactly(99);
    }

    @Test
    void aClockSetBackByAnHourLosesNothing() throws Exception {
        write(7200, 7300);
        history.seal();
        write(3700, 3800);
        now.set(at(3800));
        assertThat(points(LOAD, 3700, 3799).count()).isEqualTo(100);
        history.seal();
        reopen();
        assertThat(points(LOAD, 0, 9999).count()).isEqualTo(200);
        assertThat(points(LOAD, 0, 9999).times()).isSorted();
    }

    /** Buckets of a model, whatever is in memory, in fresh segments, rolled up and joined. */
    @Test
    void bucketsAreTheSameWhereverTheirSamplesAre() throws Exception {
        var model = new TreeMap<Long, double[]>();
        for (int part = 0; part < 30; part++) { // 30 parts of 400 s whose borders lie within minutes
            write(part * 400, part * 400 + 400);
            for (int i = part * 400; i < part * 400 + 400; i++) {
                var sum = model.computeIfAbsent(Math.floorDiv(at(i), 60_000L) * 60_000, _ -> new double[2]);
                sum[0]++;
                sum[1] += i / 8.0;
            }
            if (part % 3 != 2) {
                history.seal();
            }
            var minutes = history.buckets(LOAD, new Span(at(0), at(99_999)), Duration.ofMinutes(1), MANY).getFirst();
            assertThat(minutes.starts()).containsExactly(model.keySet().stream().mapToLong(Long::longValue).toArray());
            assertThat(minutes.counts()).containsExactly(model.values().stream().mapToDouble(sum -> sum[0]).toArray());
            assertThat(minutes.sums()).containsExactly(model.values().stream().mapToDouble(sum -> sum[1]).toArray());
            var hours = history.buckets(LOAD, new Span(at(0), at(99_999)), Duration.ofHours(1), MANY).getFirst();
            assertThat(hours.counts()[0]).isEqualTo(Math.min(3600, part * 400 + 400));
            var tens = history.buckets(LOAD, new Span(at(0), at(99_999)), Duration.ofSeconds(10), MANY).getFirst();
            assertThat(tens.count()).isEqualTo((part + 1) * 40);
        }
        reopen();
        var hours = history.buckets(LOAD, new Span(at(0), at(99_999)), Duration.ofHours(1), MANY).getFirst();
        assertThat(hours.counts()).containsExactly(3600, 3600, 3600, 1200);
        assertThat(Buckets.Figure.LAST.of(hours, 3)).isEqualTo(11_999 / 8.0);
        assertThat(Buckets.Figure.MAX.of(hours, 0)).isEqualTo(3_599 / 8.0);
        assertThat(Buckets.Figure.MIN.of(hours, 1)).isEqualTo(3_600 / 8.0);
        assertThat(Buckets.Figure.AVG.of(hours, 0)).isEqualTo(3_599 / 16.0);
    }

    @Test
    void oldSamplesGoAndTheirRollUpsStay() throws Exception {
        history.close();
        open(POLICY.keeping(Duration.ofHours(1), Duration.ofHours(4), Duration.ofDays(9)));
        for (int hour = 0; hour < 8; hour++) {
            write(hour * 3600, hour * 3600 + 3600);
            history.seal();
        }
        var fine = points(LOAD, 0, 99_999);
        assertThat(fine.within(new Span(at(7 * 3600), at(8 * 3600))).count()).isEqualTo(3600);
        assertThat(fine.within(new Span(at(4 * 3600), at(5 * 3600) - 1)).count()).isEqualTo(60);
        assertThat(fine.within(new Span(at(0), at(3600) - 1)).values()).containsExactly(3_599 / 8.0);
        assertThat(history.buckets(LOAD, new Span(at(0), at(99_999)), Duration.ofHours(1), MANY).getFirst().counts()).containsExactly(3600, 3600, 3600, 3600, 3600, 3600, 3600, 3600);
        var minutes = history.buckets(LOAD, new Span(at(0), at(99_999)), Duration.ofMinutes(1), MANY).getFirst();
        assertThat(minutes.counts()[0]).isEqualTo(3600); // of that time there are hours alone
        assertThat(minutes.counts()[minutes.count() - 1]).isEqualTo(60);
        assertThat(java.util.Arrays.stream(minutes.counts()).sum()).isEqualTo(8 * 3600);
    }

    @Test
    void aFolderThatIsFullLosesItsOldestSamplesFirstAndKeepsItsHours() throws Exception {
        history.close();
        open(POLICY.within(60_000, 0));
        for (int hour = 0; hour < 12; hour++) {
            write(hour * 3600, hour * 3600 + 3600);
            history.seal();
        }
        history.seal();
        assertThat(history.health().bytes()).isLessThan(90_000);
        assertThat(points(LOAD, 11 * 3600, 12 * 3600).count()).isGreaterThan(0);
        assertThat(java.util.Arrays.stream(history.buckets(LOAD, new Span(at(0), at(99_999)), Duration.ofHours(1), MANY).getFirst().counts()).sum()).isEqualTo(12 * 3600);
    }

    @Test
    void whatDoesNotFitInTheQueueIsDroppedAndCounted() throws Exception {
        history.close();
        open(POLICY.holding(1_000_000, 64));
        var pen = history.pen(VEE, List.of("load"), Labels.NONE);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            refused += pen.write(at(i), i) ? 0 : 1;
        }
        history.settle();
        assertThat(history.health().dropped()).isEqualTo(refused);
        assertThat(history.health().taken()).isEqualTo(20_000 - refused);
        assertThat(history.health().kept()).isEqualTo(20_000 - refused);
        assertThat(points(LOAD, 0, 99_999).count()).isEqualTo(20_000 - refused);
    }

    @Test
    void seriesBeyondTheBoundAreNotTakenAndCounted() {
        history.close();
        open(new HistoryPolicy(POLICY.raw(), POLICY.minutes(), POLICY.hours(), POLICY.bytes(), 0, 1000, POLICY.sealAge(), 1000, 3, POLICY.commit()));
        for (int i = 1; i <= 5; i++) {
            assertThat(history.pen(Subject.of(new VeeId(i)), List.of("load"), Labels.NONE).write(at(0), 1)).isEqualTo(i <= 3);
        }
        assertThat(history.health().series()).isEqualTo(3);
        assertThat(history.health().dropped()).isPositive();
    }

    @Test
    void seriesAreFoundByTheirLabelsAlsoAfterARestart() throws Exception {
        var labels = new Labels(java.util.Optional.of(new ServiceId(1)), java.util.Optional.of("web"), java.util.Optional.of(new HostId(2)));
        history.pen(VEE, List.of("load", "vee.cpu.percent"), labels).write(at(1), 1, 2);
        history.pen(Subject.of(new HostId(3)), List.of("host.vees"), Labels.NONE).write(at(1), 5);
        history.settle();
        history.seal();
        reopen();
        var web = new Wanted.Matching(List.of(Matcher.of("component", Matcher.Op.EQUAL, "web"), Matcher.of("kpi", Matcher.Op.LIKE, "lo.*")));
        assertThat(history.series(web, 10)).extracting(series -> series.key().name()).containsExactly("load");
        var none = new Wanted.Matching(List.of(Matcher.of("service", Matcher.Op.EQUAL, "")));
        assertThat(history.series(none, 10)).extracting(series -> series.key().subject().toString()).containsExactly("host-3");
        assertThat(history.points(none, new Span(at(0), at(9)), 10)).singleElement().satisfies(points -> assertThat(points.values()).containsExactly(5));
    }

    @Test
    void aSeriesThatIsInSomeSegmentsAloneIsFoundThereAndMissedNowhere() throws Exception {
        write(0, 100);
        history.seal();
        history.pen(Subject.of(new VeeId(8)), List.of("load"), Labels.NONE).write(at(200), 1);
        history.settle();
        history.seal();
        for (var step : List.of(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofHours(1))) {
            assertThat(history.buckets(new Wanted.Of(java.util.Optional.empty(), java.util.Optional.of("load")), new Span(at(0), at(999)), step, MANY)).hasSize(2);
        }
    }

    @Test
    void anAnswerThatWouldBeTooLargeIsRefused() throws Exception {
        write(0, 100);
        assertThatThrownBy(() -> history.points(LOAD, new Span(at(0), at(99)), 99)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("TOO_MANY_POINTS"));
    }

    /** Whatever happens to the end of the log, what comes before it is there. */
    @Test
    void aTornOrDamagedLogIsReadAsFarAsItIsWhole() throws Exception {
        write(0, 50);
        write(50, 100);
        history.close();
        var log = log();
        var bytes = Files.readAllBytes(log);
        for (int cut = 0; cut <= bytes.length; cut += 37) {
            Files.write(log, java.util.Arrays.copyOf(bytes, cut));
            var found = countedWith(log);
            assertThat(found).isIn(0, 50, 100);
        }
        for (int spot = 20; spot < bytes.length; spot += 41) {
            var damaged = bytes.clone();
            damaged[spot] ^= 0x40;
            Files.write(log, damaged);
            assertThat(countedWith(log)).isIn(0, 50, 100);
        }
        Files.write(log, bytes);
        Files.write(log, new byte[100], StandardOpenOption.APPEND);
        assertThat(countedWith(log)).isEqualTo(100);
        open(POLICY);
    }

    private static int countedWith(Path log) throws IOException {
        var times = new java.util.HashSet<Long>();
        HeadLog.replay(log, new HeadLog.Reader() {
            @Override
            public Line line(HeadLog.Described described) {
                return new Line(described.subject(), described.names());
            }

            @Override
            public void row(Line line, long at, double[] values) {
                assertThat(values).containsExactly((at - BEGIN.toEpochMilli()) / 8000.0);
                times.add(at);
            }
        });
        return times.size();
    }

    private Path log() throws IOException {
        try (var files = Files.list(folder.resolve("history"))) {
            return files.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
        }
    }

    @Test
    void aDamagedTableOfContentsIsMadeAnewAndThatHistoryGoesOn() throws Exception {
        write(0, 10);
        history.seal();
        history.close();
        Files.writeString(folder.resolve("history/contents"), "nonsense");
        open(POLICY);
        assertThat(points(LOAD, 0, 9).count()).isEqualTo(10);
        write(10, 20);
        assertThat(points(LOAD, 0, 19).count()).isEqualTo(20);
    }

    @Test
    void aSegmentThatIsDamagedIsToldWhenItIsAskedAndNothingElseFails() throws Exception {
        write(0, 10);
        history.seal();
        history.close();
        try (var files = Files.list(folder.resolve("history"))) {
            for (var file : files.filter(each -> each.getFileName().toString().startsWith("raw-")).toList()) {
                Files.write(file, new byte[30]);
            }
        }
        open(POLICY);
        write(100, 110);
        assertThatThrownBy(() -> points(LOAD, 0, 20)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("HISTORY_UNREADABLE"));
        assertThat(points(LOAD, 100, 109).count()).isEqualTo(10);
    }
}
