package org.reservoir.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.SmallDisk;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Pen;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;

/** A real file system of a few megabytes, which needs root to be mounted. */
@Tag("real")
class FullDiskTest {
    private static final Subject VEE = Subject.of(new VeeId(1));
    private static final Wanted LOAD = new Wanted.One(new SeriesKey(VEE, "load"));
    private static final long BEGIN = 1_764_000_000_000L;
    private static final Span EVER = new Span(BEGIN, BEGIN + (1L << 40));

    @TempDir
    private Path folder;
    private SmallDisk disk;
    private final AtomicLong now = new AtomicLong(BEGIN);
    private final java.util.Random noise = new java.util.Random(7);

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        disk = SmallDisk.mount(folder, 6);
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        disk.close();
    }

    private TsFileHistory open(long spare) {
        return TsFileHistory.open(disk.resolve("history"), new HistoryPolicy(Duration.ofDays(900), Duration.ofDays(900), Duration.ofDays(900), 1L << 30, spare, 50_000, Duration.ofDays(1),
                1 << 16, 100, Duration.ofMillis(20)), () -> Instant.ofEpochMilli(now.get()));
    }

    private void write(TsFileHistory history, Pen pen, int rows) throws InterruptedException {
        for (int i = 0; i < rows; i++) {
            pen.write(now.addAndGet(1_000), noise.nextGaussian());
            if (i % 10_000 == 0) {
                history.settle();
            }
        }
        history.settle();
    }

    private static void until(String what, BooleanSupplier condition) throws InterruptedException {
        for (long end = System.nanoTime() + Duration.ofMinutes(2).toNanos(); !condition.getAsBoolean(); Thread.sleep(20)) {
            assertThat(System.nanoTime()).as("waiting for: " + what).isLessThan(end);
        }
    }

    @Test
    void aDiskThatRunsFullCostsTheOldestSamplesAndNeverTheHours() throws Exception {
        try (var history = open(2 << 20)) {
            var pen = history.pen(VEE, List.of("load"), Labels.NONE);
            for (int i = 0; i < 25; i++) {
                write(history, pen, 40_000);
                history.seal();
            }
            assertThat(history.health().dropped()).isZero();
            assertThat(history.points(LOAD, new Span(now.get() - 3_600_000 + 1, now.get()), 1 << 20).getFirst().count()).isEqualTo(3_600);
            var hours = history.buckets(LOAD, EVER, Duration.ofHours(1), 1 << 20).getFirst();
            assertThat(java.util.Arrays.stream(hours.counts()).sum()).isEqualTo(1_000_000);
            assertThat(history.points(LOAD, EVER, 1 << 21).getFirst().count()).isLessThan(900_000);
        }
    }

    @Test
    void somebodyElsesFileThatFillsTheDiskIsToldAndGoneItIsWrittenAgain() throws Exception {
        try (var history = open(64 << 10)) {
            var pen = history.pen(VEE, List.of("load"), Labels.NONE);
            write(history, pen, 10_000);
            history.seal();
            var foreign = disk.fill();
            until("the trouble is told", () -> {
                pen.write(now.addAndGet(1_000), noise.nextGaussian());
                return !history.health().trouble().isEmpty();
            });
            write(history, pen, 400_000); // more than memory holds, at most twice 100 000 in heads and twice 65 536 in the queue
            assertThat(history.health().dropped()).isPositive();
            long before = now.get();
            Files.delete(foreign);
            until("it is written again", () -> history.health().trouble().isEmpty());
            write(history, pen, 1_000);
            history.seal();
            assertThat(history.health().trouble()).isEmpty();
            assertThat(history.points(LOAD, new Span(before + 1, now.get()), 1 << 20).getFirst().count()).isEqualTo(1_000);
        }
        try (var history = open(64 << 10)) {
            assertThat(history.points(LOAD, new Span(now.get() - 999_999, now.get()), 1 << 20).getFirst().count()).isEqualTo(1_000);
        }
    }

    @Test
    void aHistoryOpenedWhileTheDiskIsFullHasWhatWasSafeAndIsWrittenAgainWhenThereIsRoom() throws Exception {
        try (var history = open(0)) {
            var pen = history.pen(VEE, List.of("load"), Labels.NONE);
            write(history, pen, 10_000);
            history.seal();
            write(history, pen, 5_000);
        }
        var foreign = disk.fill();
        try (var history = open(0)) {
            assertThat(history.points(LOAD, EVER, 1 << 20).getFirst().count()).isEqualTo(15_000);
            var pen = history.pen(VEE, List.of("load"), Labels.NONE);
            until("the trouble is told", () -> {
                pen.write(now.addAndGet(1_000), noise.nextGaussian());
                return !history.health().trouble().isEmpty();
            });
        }
        long full = now.get();
        try (var history = open(0)) {
            assertThat(history.points(LOAD, EVER, 1 << 20).getFirst().count()).isGreaterThanOrEqualTo(15_000);
            var pen = history.pen(VEE, List.of("load"), Labels.NONE);
            Files.delete(foreign);
            until("it is written again", () -> history.health().trouble().isEmpty());
            write(history, pen, 1_000);
            history.seal();
        }
        try (var history = open(0)) {
            assertThat(history.health().trouble()).isEmpty();
            assertThat(history.points(LOAD, new Span(BEGIN, BEGIN + 15_000_000), 1 << 20).getFirst().count()).isEqualTo(15_000);
            assertThat(history.points(LOAD, new Span(full + 1, now.get()), 1 << 20).getFirst().count()).isEqualTo(1_000);
        }
    }
}
