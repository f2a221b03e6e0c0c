package org.reservoir.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

import org.apache.tsfile.encoding.decoder.DeltaBinaryDecoder;
import org.apache.tsfile.encoding.encoder.DeltaBinaryEncoder;
import org.apache.tsfile.read.TsFileSequenceReader;
import org.apache.tsfile.read.reader.chunk.ChunkReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;

/** What is written below TsFile's own writers is read by its readers, and what they write by ours. */
class ColumnsTest {
    private static final Subject VEE = Subject.of(new VeeId(7));

    @TempDir
    private Path folder;

    private static long[] numbers(RandomGenerator random, int count, int bits) {
        long value = random.nextLong();
        var numbers = new long[count];
        for (int i = 0; i < count; i++) {
            value += bits == 0 ? 10_000 : random.nextLong() >> Long.SIZE - bits;
            numbers[i] = value;
        }
        return numbers;
    }

    @Test
    void differencesAreReadByTsFileAndItsByUsWhateverTheirWidth() throws IOException {
        var random = Seeded.random(3);
        for (int bits = 0; bits <= Long.SIZE; bits++) {
            for (int count : new int[] {1, 2, 9, 128, 129, 130, 131, 512}) {
                var numbers = numbers(random, count, bits);
                var ours = ByteBuffer.allocate(Differences.most(count));
                new Differences().write(numbers, 0, count, ours);
                var theirs = new ByteArrayOutputStream();
                var encoder = new DeltaBinaryEncoder.LongDeltaEncoder();
                Arrays.stream(numbers).forEach(number -> encoder.encode(number, theirs));
                encoder.flush(theirs);
                assertThat(ours.position()).isEqualTo(theirs.size());
                assertThat(byTsFile(ours.flip().duplicate(), count)).as("%d numbers of %d bits", count, bits).isEqualTo(numbers);
                assertThat(read(ours, count)).isEqualTo(numbers);
                assertThat(read(ByteBuffer.wrap(theirs.toByteArray()), count)).isEqualTo(numbers);
            }
        }
    }

    private static long[] byTsFile(ByteBuffer from, int count) throws IOException {
        var decoder = new DeltaBinaryDecoder.LongDeltaDecoder();
        var numbers = new long[count];
        for (int i = 0; i < count; i++) {
            assertThat(decoder.hasNext(from)).isTrue();
            numbers[i] = decoder.readLong(from);
        }
        return numbers;
    }

    private static long[] read(ByteBuffer from, int count) {
        var numbers = new long[count];
        Differences.read(from, numbers);
        return numbers;
    }

    @Test
    void aSegmentIsReadByTsFilesOwnReader() throws IOException {
        var random = Seeded.random(4);
        int count = 1_300; // three pages
        var times = numbers(random, count, 0);
        var columns = new double[][] {random.doubles(count).toArray(), random.ints(count, 0, 1_000).mapToDouble(i -> i / 10.0).toArray(), random.longs(count, 0, 1L << 50).asDoubleStream().toArray()};
        var file = folder.resolve("raw-1.tsfile");
        try (var writer = new SegmentWriter(file)) {
            for (int i = 0; i < columns.length; i++) {
                writer.write(new Points(new Series(new SeriesKey(VEE, "c" + i), Labels.NONE), times, columns[i]));
            }
            writer.finish(Tier.RAW, 1, true);
        }
        try (var reader = new TsFileSequenceReader(file.toString()); var segment = new Segment(folder, new SegmentInfo(Tier.RAW, 1, new Span(0, 1), count, 1, true, Optional.empty()))) {
            for (int i = 0; i < columns.length; i++) {
                assertThat(theirs(reader, "c" + i, count)).containsExactly(columns[i]);
                assertThat(segment.points(new Series(new SeriesKey(VEE, "c" + i), Labels.NONE), new Span(times[500], times[1_100])).values()).containsExactly(Arrays.copyOfRange(columns[i], 500, 1_101));
            }
        }
    }

    private static double[] theirs(TsFileSequenceReader reader, String name, int count) throws IOException {
        var values = new double[count];
        int at = 0;
        var metadata = reader.readTimeseriesMetadata(SegmentWriter.device(VEE), name, false);
        assertThat(metadata.getStatistics().getCount()).isEqualTo(count);
        for (var chunk : reader.readChunkMetaDataList(metadata)) {
            var pages = new ChunkReader(reader.readMemChunk(chunk));
            while (pages.hasNextSatisfiedPage()) {
                for (var page = pages.nextPageData(); page.hasCurrent(); page.next()) {
                    values[at++] = ((Number) page.currentValue()).doubleValue();
                }
            }
        }
        return values;
    }
}
