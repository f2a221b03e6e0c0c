package org.reservoir.history;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

import org.apache.tsfile.compress.ICompressor;
import org.apache.tsfile.encoding.encoder.TSEncodingBuilder;
import org.apache.tsfile.enums.TSDataType;
import org.apache.tsfile.file.header.PageHeader;
import org.apache.tsfile.file.metadata.enums.CompressionType;
import org.apache.tsfile.file.metadata.enums.TSEncoding;
import org.apache.tsfile.file.metadata.statistics.DoubleStatistics;
import org.apache.tsfile.file.metadata.statistics.LongStatistics;
import org.apache.tsfile.file.metadata.statistics.Statistics;
import org.apache.tsfile.utils.PublicBAOS;
import org.apache.tsfile.utils.ReadWriteForEncodingUtils;
import org.apache.tsfile.write.writer.TsFileIOWriter;

/**
 * Writes a series' times and values as a chunk of a TsFile, page by page, below TsFile's chunk writer. Values that are all whole become INT64 in
 * second differences; those of up to three decimals DOUBLE in the same way, when all of them come back exactly; others DOUBLE in Gorilla's encoding. Pages are compressed with LZ4.
 * Series that were measured together have one array of times, which is encoded once for all of them. Not for several threads.
 */
final class ColumnWriter {
    /** Samples in a page: what is decoded at the least to read one. */
    private static final int PAGE = 512;
    private static final double LARGEST_WHOLE = 1L << 53;
    private static final double[] POWERS = {1, 10, 100, 1_000};
    private static final int WHOLE = 0;
    private static final int FLOATING = -1;

    private final Differences differences = new Differences();
    private final ICompressor compressor = ICompressor.getCompressor(CompressionType.LZ4);
    private final PublicBAOS chunk = new PublicBAOS();
    private final PublicBAOS floating = new PublicBAOS();
    private final ByteBuffer page = ByteBuffer.allocate(2 * Differences.most(PAGE) + 32);
    private byte[] compressed = new byte[0];
    private long[] numbers = new long[0];
    private long[] timed = new long[0];
    private byte[][] times = new byte[0][];

    /** @param newTimes not to be written to afterwards; @param values as many */
    void write(String name, long[] newTimes, double[] values, TsFileIOWriter to) throws IOException {
        encode(newTimes);
        int decimals = decimals(values);
        var type = decimals == WHOLE ? TSDataType.INT64 : TSDataType.DOUBLE;
        var all = Statistics.getStatsByType(type);
        chunk.reset();
        for (int i = 0; i < times.length; i++) {
            int from = i * PAGE;
            var statistics = statistics(type, values, from, Math.min(PAGE, values.length - from));
            all.mergeStatistics(statistics);
            fill(i, decimals, values, statistics);
            write(statistics, times.length > 1);
        }
        to.startFlushChunk(name, CompressionType.LZ4, type, decimals == FLOATING ? TSEncoding.GORILLA : TSEncoding.TS_2DIFF, all, chunk.size(), times.length, 0);
        to.writeBytesToStream(chunk);
        to.endCurrentChunk();
    }

    private void encode(long[] newTimes) {
        if (newTimes == timed) {
            return;
        }
        times = new byte[(newTimes.length + PAGE - 1) / PAGE][];
        for (int i = 0; i < times.length; i++) {
            page.clear();
            differences.write(newTimes, i * PAGE, Math.min(newTimes.length, (i + 1) * PAGE), page);
            times[i] = Arrays.copyOf(page.array(), page.position());
        }
        timed = newTimes;
    }

    private Statistics<?> statistics(TSDataType type, double[] values, int from, int count) {
        int end = from + count - 1;
        double least = values[from];
        double most = least;
        double sum = 0;
        for (int i = from; i <= end; i++) {
            least = Math.min(least, values[i]);
            most = Math.max(most, values[i]);
            sum += values[i];
        }
        Statistics<?> made;
        if (type == TSDataType.INT64) {
            var whole = new LongStatistics();
            whole.initializeStats((long) least, (long) most, numbers[from], numbers[end], sum);
            made = whole;
        } else {
            var real = new DoubleStatistics();
            real.initializeStats(least, most, values[from], values[end], sum);
            made = real;
        }
        made.setStartTime(timed[from]);
        made.setEndTime(timed[end]);
        made.setCount(count);
        made.setEmpty(false);
        return made;
    }

    /** Times and values of a page, as they are before they are compressed. */
    private void fill(int number, int decimals, double[] values, Statistics<?> statistics) throws IOException {
        int from = number * PAGE;
        int to = from + statistics.getCount();
        page.clear();
        ReadWriteForEncodingUtils.writeUnsignedVarInt(times[number].length, page);
        page.put(times[number]);
        if (decimals == FLOATING) {
            var encoder = TSEncodingBuilder.getEncodingBuilder(TSEncoding.GORILLA).getEncoder(TSDataType.DOUBLE);
            floating.reset();
            for (int i = from; i < to; i++) {
                encoder.encode(values[i], floating);
            }
            encoder.flush(floating);
            page.put(floating.getBuf(), 0, floating.size());
        } else {
            if (decimals != WHOLE) {
                ReadWriteForEncodingUtils.writeUnsignedVarInt(decimals, page);
            }
            differences.write(numbers, from, to, page);
        }
    }

    /** @param several whether the chunk has other pages: then its own statistics are not enough */
    private void write(Statistics<?> statistics, boolean several) throws IOException {
        int room = compressor.getMaxBytesForCompression(page.position());
        if (compressed.length < room) {
            compressed = new byte[room];
        }
        int size = compressor.compress(page.array(), 0, page.position(), compressed);
        if (several) {
            new PageHeader(page.position(), size, statistics).serializeTo(chunk);
        } else {
            ReadWriteForEncodingUtils.writeUnsignedVarInt(page.position(), chunk);
            ReadWriteForEncodingUtils.writeUnsignedVarInt(size, chunk);
        }
        chunk.write(compressed, 0, size);
    }

    /** How many decimals bring every value back exactly, 0 to 3, and the values as whole numbers of these; {@link #FLOATING} when more would be needed. */
    private int decimals(double[] values) {
        if (numbers.length < values.length) {
            numbers = new long[values.length];
        }
        for (int decimals = 0; decimals < POWERS.length; decimals++) {
            if (isExact(values, POWERS[decimals])) {
                return decimals;
            }
        }
        return FLOATING;
    }

    /** -0.0 is not, for it would come back as 0. */
    private boolean isExact(double[] values, double power) {
        for (int i = 0; i < values.length; i++) {
            double value = values[i];
            double scaled = Math.rint(value * power);
            numbers[i] = (long) scaled;
            if (scaled / power != value || Math.abs(scaled) > LARGEST_WHOLE || value == 0 && 1 / value < 0) {
                return false;
            }
        }
        return true;
    }
}
