package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;

class SpoolTest {
    private static final long MUCH = 64 << 20;

    @TempDir
    Path directory;

    static StreamInfo stream(long source, int number) {
        return new StreamInfo(new SourceId(source), number, "usage.of.vee-" + number, Subject.of(new VeeId(number)), Labels.NONE, UdpTest.COUNT,
                Duration.ofSeconds(1), Duration.ofSeconds(1), Delivery.ACCOUNTING);
    }

    static Row row(long value) {
        return new Row(UdpTest.COUNT).begin(value).set(0, value).set(1, value / 2.0);
    }

    static List<String> read(Spool spool, long after) throws IOException {
        var read = new ArrayList<String>();
        var reader = spool.reader(after);
        var records = new KeptRecords(org.reservoir.monitoring.probe.SourceId::new);
        for (var found = reader.next(); found.isPresent(); found = reader.next()) {
            var in = new Cursor().over(found.get().bytes(), found.get().from(), found.get().to());
            if (found.get().number() == 0) {
                assertThat(records.word(in)).isTrue();
            } else {
                long number = found.get().number();
                assertThat(records.row(in, (stream, sequence, row) -> read.add(number + ":" + stream.name() + "#" + sequence + "=" + row.whole(0)))).isTrue();
            }
        }
        return read;
    }

    @Test
    void whatIsKeptIsReadAgainInOrderFromAnyPlaceAlsoByTheNextProcess() throws IOException {
        try (var spool = Spool.open(directory, MUCH)) {
            for (long i = 1; i <= 20_000; i++) {
                assertThat(spool.keep(stream(i % 3, 1 + (int) (i % 50)), i, row(i))).isTrue();
            }
            assertThat(read(spool, 0)).hasSize(20_000);
        }
        long id;
        try (var spool = Spool.open(directory, MUCH)) {
            id = spool.id();
            assertThat(spool.last()).isEqualTo(20_000);
            assertThat(read(spool, 19_998)).containsExactly("19999:usage.of.vee-50#19999=19999", "20000:usage.of.vee-1#20000=20000");
            spool.settle(19_999);
            assertThat(files()).as("what nobody needs any more is gone").hasSize(1);
        }
        try (var spool = Spool.open(directory, MUCH)) {
            assertThat(spool.id()).isEqualTo(id);
            assertThat(spool.last()).isEqualTo(20_000);
            assertThat(read(spool, 19_999)).containsExactly("20000:usage.of.vee-1#20000=20000");
            assertThat(spool.keep(stream(1, 1), 1, row(5))).isTrue();
            assertThat(read(spool, 20_000)).containsExactly("20001:usage.of.vee-1#1=5");
        }
    }

    private List<Path> files() throws IOException {
        try (var paths = Files.list(directory)) {
            return paths.filter(SpoolFile::isOne).toList();
        }
    }

    @Test
    void aFileThatWasTornAnywhereLosesOnlyWhatWasTorn() throws IOException {
        Seeded.forAll(20, seed -> {
            var random = Seeded.random(seed);
            var own = directory.resolve("s" + seed);
            try {
                try (var spool = Spool.open(own, MUCH)) {
                    for (long i = 1; i <= 100; i++) {
                        spool.keep(stream(1, 1), i, row(i));
                    }
                }
                Path path;
                try (var paths = Files.list(own)) {
                    path = paths.filter(SpoolFile::isOne).findFirst().orElseThrow();
                }
                long size = Files.size(path);
                long torn = random.nextLong(size);
                try (var file = new RandomAccessFile(path.toFile(), "rw")) {
                    if (random.nextBoolean()) {
                        file.setLength(torn);
                    } else {
                        file.seek(torn);
                        int was = file.read();
                        file.seek(torn); // not the one behind it, which may be what would be written
                        file.write(~was);
                    }
                }
                try (var spool = Spool.open(own, MUCH)) {
                    int left = (int) spool.last();
                    assertThat(read(spool, 0)).hasSize(left);
                    assertThat(left).isLessThan(100);
                    spool.keep(stream(1, 1), 1000, row(7));
                    assertThat(read(spool, left)).containsExactly(left + 1 + ":usage.of.vee-1#1000=7");
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    @Test
    void whatCameFromElsewhereIsTakenOnceAndInOrderAlsoAfterARestart() throws IOException {
        try (var spool = Spool.open(directory, MUCH)) {
            assertThat(spool.take(77, 1, stream(1, 1), 1, row(1))).isEqualTo(Spool.Took.NEW);
            assertThat(spool.take(77, 3, stream(1, 1), 3, row(3))).isEqualTo(Spool.Took.AHEAD);
            assertThat(spool.take(77, 2, stream(1, 1), 2, row(2))).isEqualTo(Spool.Took.NEW);
            assertThat(spool.take(77, 2, stream(1, 1), 2, row(2))).isEqualTo(Spool.Took.TWICE);
        }
        try (var spool = Spool.open(directory, MUCH)) {
            assertThat(spool.mark(77)).isEqualTo(2);
            assertThat(spool.take(77, 2, stream(1, 1), 2, row(2))).isEqualTo(Spool.Took.TWICE);
            for (long i = 3; i < 15_000; i++) {
                spool.take(77, i, stream(1, 1), i, row(i));
            }
            spool.settle(14_999);
        }
        try (var spool = Spool.open(directory, MUCH)) {
            assertThat(spool.mark(77)).as("it is known though the rows are gone").isEqualTo(14_999);
        }
    }

    @Test
    void aFullSpoolRefusesAndCountsAndTakesAgainWhenItIsCleared() throws IOException {
        try (var spool = Spool.open(directory, 3 * Spool.SEGMENT)) {
            long kept = 0;
            while (spool.keep(stream(1, 1), kept + 1, row(kept + 1))) {
                kept++;
            }
            assertThat(spool.refused()).isEqualTo(1);
            assertThat(spool.last()).isEqualTo(kept);
            spool.settle(kept);
            assertThat(spool.keep(stream(1, 1), kept + 1, row(kept + 1))).isTrue();
            assertThat(read(spool, kept)).hasSize(1);
        }
    }

    @Test
    void twoCannotUseOneDirectory() throws IOException {
        try (var spool = Spool.open(directory, MUCH)) {
            assertThatThrownBy(() -> Spool.open(directory, MUCH)).isInstanceOf(Refused.class).hasMessageContaining("cannot be kept");
            assertThat(spool.last()).isZero();
        }
    }
}
