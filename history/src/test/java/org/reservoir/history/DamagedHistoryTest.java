package org.reservoir.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;

/** A bit of some file is turned over, or its end is lost: what is answered is true all the same, or it is said that it cannot be answered. */
class DamagedHistoryTest {
    private static final int PLACES = Seeded.some(40);
    private static final int VEES = 4;
    /** Of one VEE nothing is in the log any more. */
    private static final int AT_LAST = VEES - 1;
    private static final List<String> NAMES = List.of("whole", "real", "short");
    private static final long BEGIN = 1_764_000_000_000L - 1_764_000_000_000L % 3_600_000;
    private static final int SEALED = 1_500;
    private static final int OPEN = 300;
    /** Rows of a VEE are so far apart; all of them are an hour and more. */
    private static final long EVERY = 4_000;
    private static final Span EVER = new Span(BEGIN, BEGIN + 100L * 3_600_000);
    private static final HistoryPolicy POLICY = HistoryPolicy.USUAL.within(1L << 30, 0);

    @TempDir
    private Path folder;
    /** By series, then time. */
    private final Map<SeriesKey, TreeMap<Long, Double>> written = new HashMap<>();
    /** By series and step; made when first asked for. */
    private final Map<SeriesKey, Map<Duration, TreeMap<Long, List<Double>>>> expected = new HashMap<>();

    @BeforeEach
    void write() throws InterruptedException {
        var random = Seeded.random(11);
        try (var history = TsFileHistory.open(whole(), POLICY, InstantSource.system())) {
            write(history, 0, SEALED, random);
            history.seal();
            write(history, SEALED, SEALED + OPEN / 2, random);
            write(history, SEALED + OPEN / 2, SEALED + OPEN, random);
        }
    }

    private Path whole() {
        return folder.resolve("whole");
    }

    private void write(TsFileHistory history, int from, int to, RandomGenerator random) throws InterruptedException {
        for (int row = from; row < to; row++) {
            for (int vee = 1; vee <= (row < SEALED ? VEES : AT_LAST); vee++) {
                var subject = Subject.of(new VeeId(vee));
                var values = new double[] {random.nextInt(1_000), random.nextGaussian(), Math.round(random.nextDouble() * 10_000) / 100.0};
                assertThat(history.pen(subject, NAMES, Labels.NONE).write(BEGIN + row * EVERY, values)).isTrue();
                for (int i = 0; i < values.length; i++) {
                    written.computeIfAbsent(new SeriesKey(subject, NAMES.get(i)), _ -> new TreeMap<>()).put(BEGIN + row * EVERY, values[i]);
                }
            }
        }
        history.settle();
    }

    /** What one damaged folder answers. */
    private interface Damage {
        String of(Path file, RandomGenerator random) throws IOException;
    }

    private static String turned(Path file, RandomGenerator random) throws IOException {
        try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
            long at = random.nextLong(bytes.length());
            bytes.seek(at);
            int before = bytes.read();
            bytes.seek(at);
            int bit = random.nextInt(8);
            bytes.write(before ^ 1 << bit);
            return "bit %d of byte %d".formatted(bit, at);
        }
    }

    private static String cut(Path file, RandomGenerator random) throws IOException {
        try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
            long length = random.nextLong(bytes.length());
            bytes.setLength(length);
            return "cut at %d".formatted(length);
        }
    }

    @Test
    void aBitThatIsTurnedOverInASegmentIsRefusedAndNeverAWrongNumber() throws Exception {
        int refused = everywhere(".*\\.tsfile", DamagedHistoryTest::turned);
        assertThat(refused).isGreaterThan(PLACES / 2);
    }

    @Test
    void aSegmentWhoseEndIsLostIsRefused() throws Exception {
        assertThat(everywhere(".*\\.tsfile", DamagedHistoryTest::cut)).isEqualTo(PLACES);
    }

    @Test
    void checksumsThatAreDamagedThemselvesAreNotBelieved() throws Exception {
        assertThat(everywhere(".*\\.sums", DamagedHistoryTest::turned)).isEqualTo(PLACES);
        assertThat(everywhere(".*\\.sums", DamagedHistoryTest::cut)).isEqualTo(PLACES);
    }

    @Test
    void withoutSomeOfTheNamesAllIsFound() throws Exception {
        assertThat(everywhere("names", DamagedHistoryTest::turned)).isZero();
        assertThat(everywhere("names", DamagedHistoryTest::cut)).isZero();
    }

    /** Which series are in a log is in the log itself; where that is damaged their rows are left out, and all that is left out is told. */
    @Test
    void ofADamagedLogWholeFramesAreReadAndTheRestIsTold() throws Exception {
        var random = Seeded.random(Long.getLong("seed", 1));
        int told = 0;
        for (int place = 0; place < PLACES; place++) {
            var copy = copied();
            var log = copy.resolve(names(copy, "head-.*").getFirst());
            var what = place % 2 == 0 ? turned(log, random) : cut(log, random);
            var rows = new AtomicLong();
            var read = HeadLog.replay(log, new HeadLog.Reader() {
                @Override
                public Line line(HeadLog.Described described) {
                    return new Line(described.subject(), described.names());
                }

                @Override
                public void row(Line line, long at, double[] values) {
                    for (int i = 0; i < values.length; i++) {
                        assertThat(written.get(new SeriesKey(line.subject(), line.names().get(i))).get(at)).as(what).isEqualTo(values[i]);
                    }
                    rows.incrementAndGet();
                }
            });
            boolean all = rows.get() == (long) OPEN * AT_LAST;
            assertThat(rows.get()).as(what).isLessThanOrEqualTo((long) OPEN * AT_LAST);
            assertThat(all || read.damaged() > 0 || what.startsWith("cut")).as(what).isTrue(); // cut between two frames, it is a shorter log like any other
            told += read.damaged() > 0 ? 1 : 0;
            try (var history = TsFileHistory.open(copy, POLICY, InstantSource.system())) {
                assertThat(history.points(new Wanted.Of(Optional.empty(), Optional.empty()), EVER, Integer.MAX_VALUE).stream().mapToInt(Points::count).sum())
                        .as(what).isEqualTo((int) (SEALED * VEES + rows.get()) * NAMES.size());
            }
        }
        assertThat(told).isGreaterThan(PLACES * 9 / 10);
    }

    @Test
    void aTableOfContentsThatIsDamagedOrLostIsMadeAnew() throws Exception {
        assertThat(everywhere("contents", DamagedHistoryTest::turned)).isZero();
        assertThat(everywhere("contents", DamagedHistoryTest::cut)).isZero();
        assertThat(everywhere("contents", (file, _) -> {
            Files.delete(file);
            return "lost";
        })).isZero();
    }

    /** @return how many were refused at least once */
    private int everywhere(String files, Damage damage) throws IOException {
        int refused = 0;
        var random = Seeded.random(Long.getLong("seed", 1));
        for (int place = 0; place < PLACES; place++) {
            var copy = copied();
            var victims = names(copy, files);
            var victim = copy.resolve(victims.get(random.nextInt(victims.size())));
            var what = victim.getFileName() + ", " + damage.of(victim, random);
            try (var history = TsFileHistory.open(copy, POLICY, InstantSource.system())) {
                refused += allIsTrue(history, what) ? 0 : 1;
            }
        }
        return refused;
    }

    /** False when something was refused; fails when something is answered that is not so. */
    private boolean allIsTrue(TsFileHistory history, String what) {
        boolean all = true;
        for (var series : written.entrySet()) {
            var wanted = new Wanted.One(series.getKey());
            all &= answered(() -> {
                var found = history.points(wanted, EVER, Integer.MAX_VALUE).getFirst();
                same(what, found.times(), series.getValue().keySet().stream().mapToLong(Long::longValue).toArray());
                same(what, found.values(), series.getValue().values().stream().mapToDouble(Double::doubleValue).toArray());
            });
            for (var step : List.of(Duration.ofMinutes(1), Duration.ofHours(1))) {
                all &= answered(() -> {
                    var found = history.buckets(wanted, EVER, step, Integer.MAX_VALUE).getFirst();
                    var expected = expected(series.getKey(), step);
                    same(what, found.starts(), expected.keySet().stream().mapToLong(Long::longValue).toArray());
                    same(what, found.counts(), figures(expected, DoubleSummaryStatistics::getCount));
                    same(what, found.mins(), figures(expected, DoubleSummaryStatistics::getMin));
                    same(what, found.maxs(), figures(expected, DoubleSummaryStatistics::getMax));
                    same(what, found.last(), expected.values().stream().mapToDouble(List::getLast).toArray());
                    var sums = figures(expected, DoubleSummaryStatistics::getSum);
                    for (int i = 0; i < sums.length; i++) {
                        assertThat(found.sums()[i]).as(what).isCloseTo(sums[i], Offset.offset(1e-6));
                    }
                });
            }
        }
        return all;
    }

    private TreeMap<Long, List<Double>> expected(SeriesKey series, Duration step) {
        return expected.computeIfAbsent(series, _ -> new HashMap<>()).computeIfAbsent(step, _ -> {
            var buckets = new TreeMap<Long, List<Double>>();
            written.get(series).forEach((at, value) -> buckets.computeIfAbsent(at - at % step.toMillis(), _ -> new ArrayList<>()).add(value));
            return buckets;
        });
    }

    private static double[] figures(TreeMap<Long, List<Double>> buckets, ToDoubleFunction<DoubleSummaryStatistics> figure) {
        return buckets.values().stream().mapToDouble(values -> figure.applyAsDouble(values.stream().mapToDouble(Double::doubleValue).summaryStatistics())).toArray();
    }

    private static void same(String what, Object found, Object expected) {
        assertThat(Objects.deepEquals(found, expected)).as(what).isTrue();
    }

    private static boolean answered(Runnable question) {
        try {
            question.run();
            return true;
        } catch (Refused refused) {
            assertThat(refused.code()).isEqualTo("HISTORY_UNREADABLE");
            assertThat(refused.getMessage()).contains(".tsfile");
            return false;
        }
    }

    private static List<String> names(Path copy, String pattern) throws IOException {
        try (var files = Files.list(copy)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.matches(pattern)).sorted().toList();
        }
    }

    private static void remove(Path folder) throws IOException {
        for (var name : names(folder, ".*")) {
            Files.delete(folder.resolve(name));
        }
        Files.delete(folder);
    }

    private Path copied() throws IOException {
        var copy = folder.resolve("copy");
        if (Files.exists(copy)) {
            remove(copy);
        }
        Files.createDirectories(copy);
        for (var name : names(whole(), ".*")) {
            Files.copy(whole().resolve(name), copy.resolve(name));
        }
        return copy;
    }
}
