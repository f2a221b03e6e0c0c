package org.reservoir.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Span;

/** Segments are gathered while new ones come. */
class GatheringTest {
    private static final int SERIES = 3;

    @TempDir
    private Path folder;

    private static void seal(Store store, Catalog catalog, int second) throws IOException {
        var head = new Head(new Slabs(1_000));
        for (int vee = 1; vee <= SERIES; vee++) {
            head.add(catalog.line(Subject.of(new VeeId(vee)), List.of("load"), Labels.NONE, 0).orElseThrow(), second * 1_000L, new double[] {vee * 100 + second}, 0);
        }
        store.seal(head, store.number(), 0);
    }

    @Test
    void aHeadThatIsFullMeanwhileBecomesASegmentAndNeitherLosesTheOthersFiles() throws Exception {
        var catalog = new Catalog(folder, 100);
        try (var store = new Store(folder, catalog, Contents.EMPTY)) {
            for (int second = 0; second < 8; second++) {
                seal(store, catalog, second);
            }
            var turns = new AtomicInteger();
            assertThat(store.gather(true, 0, () -> seal(store, catalog, 100 + turns.getAndIncrement()))).isTrue();
            assertThat(turns).hasValue(SERIES);
            assertThat(store.contents().of(Tier.RAW)).extracting(SegmentInfo::fresh).containsExactlyInAnyOrder(false, true, true, true);
            assertThat(store.contents().of(Tier.MINUTE)).hasSize(1);
        }
        var read = Contents.read(folder).orElseThrow();
        try (var store = new Store(folder, catalog, read)) {
            var series = catalog.series(new SeriesKey(Subject.of(new VeeId(2)), "load"));
            var points = new Answering(series, new Span(0, 200_000), read, store.reading((_, segments) -> segments), List.of(), catalog).points();
            assertThat(points.times()).containsExactly(0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 100_000, 101_000, 102_000);
            assertThat(points.values()[8]).isEqualTo(300);
        }
    }

    @Test
    void eightOfLittleTimeBecomeOneThatIsRolledUpWhenAnHourIsTogether() throws Exception {
        var catalog = new Catalog(folder, 100);
        try (var store = new Store(folder, catalog, Contents.EMPTY)) {
            for (int second = 0; second < 8; second++) {
                seal(store, catalog, second);
            }
            assertThat(store.gather(false, Long.MAX_VALUE, () -> { })).isFalse();
            assertThat(store.contents().segments()).singleElement().satisfies(joined -> {
                assertThat(joined.fresh()).isTrue();
                assertThat(joined.rows()).isEqualTo(8 * SERIES);
            });
            for (int part = 1; part < 8; part++) {
                seal(store, catalog, part * 600);
            }
            assertThat(store.gather(false, Long.MAX_VALUE, () -> { })).isTrue();
            assertThat(store.contents().of(Tier.RAW)).extracting(SegmentInfo::fresh).containsExactly(false);
            var series = catalog.series(new SeriesKey(Subject.of(new VeeId(2)), "load"));
            var hours = new Answering(series, new Span(0, 7_200_000), store.contents(), store.reading((_, segments) -> segments), List.of(), catalog).buckets(3_600_000);
            assertThat(hours.counts()).containsExactly(13, 2);
        }
    }

    @Test
    void whatIsDamagedIsToldAndLeftAloneAndTheRestIsGathered() throws Exception {
        var catalog = new Catalog(folder, 100);
        try (var store = new Store(folder, catalog, Contents.EMPTY)) {
            for (int second = 0; second < 8; second++) {
                seal(store, catalog, second);
            }
            var damaged = store.contents().segments().get(3);
            var bytes = Files.readAllBytes(damaged.in(folder));
            bytes[bytes.length / 3] ^= 1;
            Files.write(damaged.in(folder), bytes);
            assertThat(store.gather(true, 0, () -> { })).isFalse();
            assertThat(store.damage()).contains(damaged.fileName() + " is damaged");
            assertThat(store.gather(true, 0, () -> { })).isTrue();
            assertThat(store.contents().of(Tier.RAW)).hasSize(2).contains(damaged).extracting(SegmentInfo::rows).contains(7L * SERIES);
            assertThat(store.gather(true, 0, () -> { })).isFalse();
            assertThatThrownBy(() -> store.reading((_, segments) -> segments.getFirst().points(catalog.series(new SeriesKey(Subject.of(new VeeId(1)), "load")), new Span(0, 9_000))))
                    .isInstanceOf(DamagedSegment.class);
            seal(store, catalog, 1_000_000);
            store.expire(HistoryPolicy.USUAL, 1_000_000_000L);
            assertThat(store.contents().segments()).doesNotContain(damaged);
            assertThat(damaged.in(folder)).doesNotExist();
            assertThat(BlockSums.beside(damaged.in(folder))).doesNotExist();
            assertThat(store.damage()).isEmpty();
        }
    }
}
