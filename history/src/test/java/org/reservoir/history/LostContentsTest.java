package org.reservoir.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;

/** The table of contents of a history is gone, and its segments are there. */
class LostContentsTest {
    private static final int VEES = 3;
    private static final long BEGIN = 1_764_000_000_000L - 1_764_000_000_000L % 3_600_000;
    private static final int EVERY = 10_000;
    private static final int HOUR = 3_600_000;
    private static final HistoryPolicy ALL = HistoryPolicy.USUAL.keeping(Duration.ofDays(10_000), Duration.ofDays(10_000), Duration.ofDays(10_000)).within(1L << 30, 0);
    private static final Span EVER = new Span(BEGIN, BEGIN + 100L * HOUR);

    @TempDir
    private Path folder;
    private final java.util.random.RandomGenerator random = Seeded.random(15);

    private interface Doing {
        void to(Written written) throws IOException, InterruptedException;
    }

    /** What was done with a history before. */
    private enum Past {
        FRESH(written -> {
            written.seal(0, HOUR / 2);
            written.seal(HOUR / 2, HOUR);
        }),
        ROLLED_UP_TO_THE_MIDDLE_OF_A_MINUTE(written -> {
            written.seal(0, HOUR + 100_000);
            written.gather();
            written.seal(HOUR + 100_000, 2 * HOUR);
            written.seal(2 * HOUR, 2 * HOUR + 20_000);
        }),
        /** By the first series alone it looks as if its second segment were rolled up, and held more than the minute counts. */
        LATE_IN_A_MINUTE_THAT_IS_ROLLED_UP(written -> {
            written.seal(0, HOUR);
            written.gather();
            written.sealLate(EVERY / 2, HOUR);
        }),
        JOINED(written -> {
            for (int i = 0; i < 8; i++) {
                written.seal(i * HOUR / 4, (i + 1) * HOUR / 4);
            }
            written.gather();
        }),
        SAMPLES_LET_GO(written -> {
            hours(written);
            written.expire(ALL.keeping(Duration.ofMinutes(90), Duration.ofDays(1), Duration.ofDays(1)));
        }),
        MINUTES_LET_GO(written -> {
            hours(written);
            written.expire(ALL.keeping(Duration.ofMinutes(30), Duration.ofMinutes(90), Duration.ofDays(1)));
            written.seal(4 * HOUR, 4 * HOUR + HOUR / 2);
        });

        private final Doing doing;

        Past(Doing doing) {
            this.doing = doing;
        }

        private static void hours(Written written) throws IOException, InterruptedException {
            for (int hour = 0; hour < 4; hour++) {
                written.seal(hour * HOUR, (hour + 1) * HOUR);
                written.gather();
            }
        }
    }

    /** A history that is being written, without its threads. */
    private final class Written implements AutoCloseable {
        private final Catalog catalog = new Catalog(folder, 100);
        private final Store store = new Store(folder, catalog, Contents.EMPTY);

        void seal(int from, int to) throws IOException {
            var head = new Head(new Slabs(1_000));
            for (int vee = 1; vee <= VEES; vee++) {
                var line = catalog.line(Subject.of(new VeeId(vee)), List.of("cpu", "load"), Labels.NONE, BEGIN).orElseThrow();
                for (int at = from; at < to; at += EVERY) {
                    head.add(line, BEGIN + at, new double[] {random.nextInt(100), random.nextInt(1_000)}, 0);
                }
            }
            store.seal(head, store.number(), BEGIN);
        }

        /** A sample of each series, of the first VEE's at another time. */
        void sealLate(int first, int others) throws IOException {
            var head = new Head(new Slabs(1_000));
            for (int vee = 1; vee <= VEES; vee++) {
                var line = catalog.line(Subject.of(new VeeId(vee)), List.of("cpu", "load"), Labels.NONE, BEGIN).orElseThrow();
                head.add(line, BEGIN + (vee == 1 ? first : others), new double[] {random.nextInt(100), random.nextInt(1_000)}, 0);
            }
            store.seal(head, store.number(), BEGIN);
        }

        void gather() throws IOException, InterruptedException {
            store.gather(true, 0, () -> { });
        }

        void expire(HistoryPolicy policy) throws IOException {
            store.expire(policy, Long.MAX_VALUE);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private void write(Past past) throws IOException, InterruptedException {
        try (var written = new Written()) {
            past.doing.to(written);
        }
    }

    private Path table() {
        return folder.resolve("contents");
    }

    /** Of each series all that can be asked of it. @param seal whether all of it is rolled up before */
    private List<String> answers(boolean seal) throws InterruptedException {
        try (var history = TsFileHistory.open(folder, ALL, InstantSource.system())) {
            if (seal) {
                history.seal();
            }
            var wanted = new Wanted.Of(Optional.empty(), Optional.empty());
            var answers = new ArrayList<String>();
            history.points(wanted, EVER, Integer.MAX_VALUE).forEach(points -> answers.add("%s %s %s".formatted(points.series().key(), Arrays.toString(points.times()), Arrays.toString(points.values()))));
            for (var step : List.of(Duration.ofSeconds(30), Duration.ofMinutes(1), Duration.ofHours(1))) {
                history.buckets(wanted, EVER, step, Integer.MAX_VALUE).forEach(buckets -> answers.add("%s %s %s %s %s %s %s %s".formatted(buckets.series().key(), step, Arrays.toString(buckets.starts()),
                        Arrays.toString(buckets.counts()), Arrays.toString(buckets.sums()), Arrays.toString(buckets.mins()), Arrays.toString(buckets.maxs()), Arrays.toString(buckets.last()))));
            }
            return answers.stream().sorted().toList();
        }
    }

    private Map<String, Long> files() throws IOException {
        var sizes = new TreeMap<String, Long>();
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                sizes.put(file.getFileName().toString(), Files.size(file));
            }
        }
        return sizes;
    }

    @ParameterizedTest
    @EnumSource
    void whatIsAnsweredIsTheSameWithoutIt(Past past) throws Exception {
        write(past);
        var before = answers(false);
        assertThat(before).hasSize(4 * 2 * VEES);
        Files.delete(table());
        assertThat(answers(false)).isEqualTo(before);
        Files.delete(table());
        assertThat(answers(true)).as("and nothing is rolled up twice").isEqualTo(before);
        Files.delete(table());
        assertThat(answers(false)).isEqualTo(before);
    }

    @Test
    void seriesThatTheCatalogLostTogetherWithItAreFoundToo() throws Exception {
        write(Past.JOINED);
        var before = answers(false);
        Files.delete(table());
        Files.write(folder.resolve("names"), new byte[0]);
        assertThat(answers(false)).isEqualTo(before);
    }

    @Test
    void oneThatIsDamagedIsKeptBeside() throws Exception {
        write(Past.FRESH);
        var before = answers(false);
        Files.writeString(table(), "reservoir-history 1\nnumbers 0 9\n");
        assertThat(answers(false)).isEqualTo(before);
        assertThat(folder.resolve("contents.damaged")).hasContent("reservoir-history 1\nnumbers 0 9\n");
    }

    @Test
    void aSegmentThatWasNeverFinishedIsLeftOut() throws Exception {
        write(Past.JOINED);
        var before = answers(false);
        var whole = Files.readAllBytes(newest("raw"));
        Files.write(folder.resolve("raw-900.tsfile"), Arrays.copyOf(whole, whole.length / 2));
        Files.delete(table());
        assertThat(answers(false)).isEqualTo(before);
        assertThat(folder.resolve("raw-900.tsfile.unfinished")).exists();
        assertThat(Contents.read(folder).orElseThrow().next()).isGreaterThan(900);
    }

    @Test
    void segmentsOfWhichOneIsMadeOfAnotherAreRefusedAndLeftAsTheyAre() throws Exception {
        write(Past.MINUTES_LET_GO);
        for (var tier : List.of("minute", "hour")) {
            var twin = folder.resolve(tier + "-700.tsfile");
            Files.copy(newest(tier), twin);
            Files.deleteIfExists(table());
            refused("do not fit together");
            Files.delete(twin);
        }
    }

    private Path newest(String tier) throws IOException {
        return files().keySet().stream().filter(name -> name.matches(tier + "-[0-9]+\\.tsfile")).map(folder::resolve)
                .max(Comparator.comparingLong(file -> Long.parseLong(file.getFileName().toString().replaceAll("[^0-9]", "")))).orElseThrow();
    }

    private void refused(String why) throws IOException {
        var before = files();
        assertThatThrownBy(() -> TsFileHistory.open(folder, ALL, InstantSource.system())).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("HISTORY_UNREADABLE"))
                .hasMessageContaining(why);
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void aDamagedSegmentIsNamedAndWithoutItTheRestIsFound() throws Exception {
        write(Past.ROLLED_UP_TO_THE_MIDDLE_OF_A_MINUTE);
        var victim = newest("raw");
        var bytes = Files.readAllBytes(victim);
        bytes[bytes.length / 3] ^= 4;
        Files.write(victim, bytes);
        Files.delete(table());
        refused(victim.getFileName().toString());
        Files.delete(victim);
        assertThat(answers(false)).hasSize(4 * 2 * VEES);
    }

    @Test
    void whereThereIsNothingAHistoryBegins() throws Exception {
        assertThat(answers(false)).isEmpty();
    }
}
