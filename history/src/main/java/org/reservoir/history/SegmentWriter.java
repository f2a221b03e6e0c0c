package org.reservoir.history;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

import org.apache.tsfile.encoding.encoder.Encoder;
import org.apache.tsfile.enums.TSDataType;
import org.apache.tsfile.file.metadata.IDeviceID;
import org.apache.tsfile.file.metadata.StringArrayDeviceID;
import org.apache.tsfile.file.metadata.enums.CompressionType;
import org.apache.tsfile.file.metadata.enums.TSEncoding;
import org.apache.tsfile.write.chunk.ChunkWriterImpl;
import org.apache.tsfile.write.schema.MeasurementSchema;
import org.apache.tsfile.write.writer.TsFileIOWriter;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Span;

/**
 * Writes one segment as a TsFile (tree model), chunk by chunk below the row and tablet API, which costs three times as much. Samples of
 * {@code vee-7}'s {@code load} are the measurement {@code load} of device {@code site.vee-7}; its roll-ups are measurements {@code count, sum,
 * min, max, last} of device {@code site.vee-7.load}. Values that are all whole are written as INT64 with second differences; those
 * of up to three decimals as DOUBLE in the same way, when all of them come back exactly; others as DOUBLE in Gorilla's encoding. All in LZ4. Not for several threads.
 */
final class SegmentWriter implements AutoCloseable {
    private static final double LARGEST_WHOLE = 1L << 53;
    private static final double[] POWERS = {1, 10, 100, 1_000};
    /** Samples in a page: what is decoded at the least to read one. */
    private static final int PAGE = 512;

    private final Path file;
    private final TsFileIOWriter writer;
    private IDeviceID open;
    private long rows;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    SegmentWriter(Path file) throws IOException {
        this.file = file;
        Files.deleteIfExists(file);
        writer = new TsFileIOWriter(file.toFile());
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
            chunk(points.series().key().name(), points.times(), i -> points.values()[i]);
            note(points.times());
        }
    }

    void write(Buckets buckets) throws IOException {
        if (buckets.count() > 0) {
            begin(device(buckets.series().key()));
            chunk("count", buckets.starts(), i -> buckets.counts()[i]);
            chunk("sum", buckets.starts(), i -> buckets.sums()[i]);
            chunk("min", buckets.starts(), i -> buckets.mins()[i]);
            chunk("max", buckets.starts(), i -> buckets.maxs()[i]);
            chunk("last", buckets.starts(), i -> buckets.last()[i]);
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

    private void chunk(String name, long[] times, IntToDoubleFunction values) throws IOException {
        int decimals = decimals(times.length, values);
        boolean whole = decimals == 0;
        var schema = whole ? new MeasurementSchema(name, TSDataType.INT64, TSEncoding.TS_2DIFF, CompressionType.LZ4)
                : decimals < 0 ? new MeasurementSchema(name, TSDataType.DOUBLE, TSEncoding.GORILLA, CompressionType.LZ4)
                : new MeasurementSchema(name, TSDataType.DOUBLE, TSEncoding.TS_2DIFF, CompressionType.LZ4, Map.of(Encoder.MAX_POINT_NUMBER, Integer.toString(decimals)));
        var chunk = new ChunkWriterImpl(schema);
        for (int i = 0; i < times.length; i++) {
            if (i > 0 && i % PAGE == 0) {
                chunk.sealCurrentPage();
            }
            if (whole) {
                chunk.write(times[i], (long) values.applyAsDouble(i));
            } else {
                chunk.write(times[i], values.applyAsDouble(i));
            }
        }
        chunk.sealCurrentPage();
        chunk.writeToFileWriter(writer);
    }

    /** How many decimals bring every value back exactly, 0 to 3; -1 when more would be needed. */
    private static int decimals(int count, IntToDoubleFunction values) {
        int decimals = 0;
        for (int i = 0; i < count && decimals >= 0; i++) {
            double value = values.applyAsDouble(i);
            while (decimals >= 0 && !isExact(value, POWERS[decimals])) {
                decimals = decimals == POWERS.length - 1 ? -1 : decimals + 1;
            }
        }
        return decimals;
    }

    /** -0.0 is not, for it would come back as 0. */
    private static boolean isExact(double value, double power) {
        double scaled = Math.rint(value * power);
        return scaled / power == value && Math.abs(scaled) <= LARGEST_WHOLE && (value != 0 || 1 / value > 0);
    }

    /** Ends the file; safe when it returns. Empty files are no segments: their rows are 0. */
    SegmentInfo finish(Tier tier, long number, boolean fresh) throws IOException {
        end();
        writer.endFile();
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        return new SegmentInfo(tier, number, rows == 0 ? new Span(0, -1) : new Span(first, last + Math.max(0, tier.step - 1)), rows, Files.size(file), fresh);
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
