package org.reservoir.history;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.apache.tsfile.encoding.decoder.Decoder;
import org.apache.tsfile.enums.TSDataType;
import org.apache.tsfile.file.MetaMarker;
import org.apache.tsfile.file.header.PageHeader;
import org.apache.tsfile.file.metadata.enums.TSEncoding;
import org.apache.tsfile.file.metadata.statistics.Statistics;
import org.apache.tsfile.read.common.Chunk;
import org.apache.tsfile.read.reader.chunk.ChunkReader;
import org.apache.tsfile.utils.ReadWriteForEncodingUtils;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;

/** Reads what a {@link ColumnWriter} wrote, a page at a time. */
final class ColumnReader {
    private static final int KIND = 0x3f;

    private final Series series;
    private final Chunk chunk;
    private final Statistics<?> statistics;

    /** @param statistics of the whole chunk */
    ColumnReader(Series series, Chunk chunk, Statistics<?> statistics) {
        this.series = series;
        this.chunk = chunk;
        this.statistics = statistics;
    }

    void read(Span span, Points.Gathering into) throws IOException {
        boolean single = (chunk.getHeader().getChunkType() & KIND) == MetaMarker.ONLY_ONE_PAGE_CHUNK_HEADER;
        for (var data = chunk.getData(); data.hasRemaining();) {
            var page = single ? PageHeader.deserializeFrom(data, statistics) : PageHeader.deserializeFrom(data, chunk.getHeader().getDataType());
            if (span.meets(new Span(page.getStartTime(), page.getEndTime()))) {
                read(ChunkReader.deserializePageData(page, data, chunk.getHeader()), (int) page.getNumOfValues(), span, into);
            } else {
                data.position(data.position() + page.getCompressedSize());
            }
        }
    }

    private void read(ByteBuffer page, int count, Span span, Points.Gathering into) throws IOException {
        int size = ReadWriteForEncodingUtils.readUnsignedVarInt(page);
        var times = new long[count];
        Differences.read(page.slice(page.position(), size), times);
        into.add(new Points(series, times, values(page.position(page.position() + size), count)).within(span));
    }

    private double[] values(ByteBuffer page, int count) throws IOException {
        var values = new double[count];
        if (chunk.getHeader().getEncodingType() == TSEncoding.GORILLA) {
            var decoder = Decoder.getDecoderByType(TSEncoding.GORILLA, TSDataType.DOUBLE);
            for (int i = 0; i < count; i++) {
                values[i] = decoder.readDouble(page);
            }
            return values;
        }
        double power = chunk.getHeader().getDataType() == TSDataType.INT64 ? 1 : Math.pow(10, ReadWriteForEncodingUtils.readUnsignedVarInt(page));
        var numbers = new long[count];
        Differences.read(page, numbers);
        for (int i = 0; i < count; i++) {
            values[i] = numbers[i] / power;
        }
        return values;
    }
}
