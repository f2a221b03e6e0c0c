package org.reservoir.history;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

import org.apache.tsfile.file.metadata.IDeviceID;
import org.apache.tsfile.file.metadata.StringArrayDeviceID;
import org.apache.tsfile.write.writer.LocalTsFileOutput;
import org.apache.tsfile.write.writer.TsFileIOWriter;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Span;

/**
 * Writes one segment as a TsFile (tree model), column by column. Samples of {@code vee-7}'s {@code load} are the measurement {@code load} of
 * device {@code site.vee-7}; its roll-ups are measurements {@code count, sum, min, max, last} of device {@code site.vee-7.load}. Not for several threads.
 */
final class SegmentWriter implements AutoCloseable {
    private final Path file;
    private final BlockSums.Summing sums = new BlockSums.Summing();
    private final TsFileIOWriter writer;
    private final ColumnWriter columns = new ColumnWriter();
    private IDeviceID open;
    private long rows;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    SegmentWriter(Path file) throws IOException {
        this.file = file;
        Files.deleteIfExists(file);
        writer = new InOrder(new Gathered(new Summed(file, sums)));
    }

    /** Sums what goes into the file. */
    private static final class Summed extends FileOutputStream {
        private final BlockSums.Summing sums;

        Summed(Path file, BlockSums.Summing sums) throws IOException {
            super(file.toFile());
            this.sums = sums;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one});
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            write(bytes, 0, bytes.length);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            super.write(bytes, from, length);
            sums.add(bytes, from, length);
        }
    }

    /** TsFile flushes after each device; of a hundred thousand small ones each would be a write of its own. */
    private static final class Gathered extends LocalTsFileOutput {
        Gathered(FileOutputStream file) {
            super(file);
        }

        @Override
        public void flush() {
            // when the buffer is full, or all is to be safe
        }

        @Override
        public void force() throws IOException {
            super.flush();
            super.force();
        }
    }

    static IDeviceID device(Subject subject) {
        return new StringArrayDeviceID("site", subject.toString());
    }

    static IDeviceID device(SeriesKey key) {
        return new StringArrayDeviceID("site", key.subject().toString(), key.name());
    }

    /** Samples; those of one subject come one after another. */
    void write(Points points) throws IOException {
        if (points.count() > 0) {
            begin(device(points.series().key().subject()));
            columns.write(points.series().key().name(), points.times(), points.values(), writer);
            note(points.times());
        }
    }

    void write(Buckets buckets) throws IOException {
        if (buckets.count() > 0) {
            begin(device(buckets.series().key()));
            columns.write("count", buckets.starts(), buckets.counts(), writer);
            columns.write("sum", buckets.starts(), buckets.sums(), writer);
            columns.write("min", buckets.starts(), buckets.mins(), writer);
            columns.write("max", buckets.starts(), buckets.maxs(), writer);
            columns.write("last", buckets.starts(), buckets.last(), writer);
            note(buckets.starts());
        }
    }

    private void note(long[] times) {
        rows += times.length;
        first = Math.min(first, times[0]);
        last = Math.max(last, times[times.length - 1]);
    }

    private void begin(IDeviceID device) throws IOException {
        if (!device.equals(open)) {
            end();
            writer.startChunkGroup(device);
            open = device;
        }
    }

    private void end() throws IOException {
        if (open != null) {
            writer.endChunkGroup();
            open = null;
        }
    }

    /** Ends the file; safe when it returns. Empty files are no segments: their rows are 0. */
    SegmentInfo finish(Tier tier, long number, boolean fresh) throws IOException {
        end();
        writer.endFile();
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        int checksum = sums.write(file);
        return new SegmentInfo(tier, number, rows == 0 ? new Span(0, -1) : new Span(first, last + Math.max(0, tier.step - 1)), rows, Files.size(file), fresh, Optional.of(checksum));
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
