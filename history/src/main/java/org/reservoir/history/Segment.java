package org.reservoir.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.apache.tsfile.enums.TSDataType;
import org.apache.tsfile.file.metadata.IDeviceID;
import org.apache.tsfile.read.TsFileSequenceReader;
import org.apache.tsfile.read.common.BatchData;
import org.apache.tsfile.read.filter.factory.TimeFilterApi;
import org.apache.tsfile.read.reader.chunk.ChunkReader;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;

/** A segment to be read; opened when it is first asked. Its monitor guards the reader, which is not for several threads. */
final class Segment implements AutoCloseable {
    private final Path file;
    private final SegmentInfo info;
    private TsFileSequenceReader reader;

    Segment(Path folder, SegmentInfo info) {
        this.file = info.in(folder);
        this.info = info;
    }

    SegmentInfo info() {
        return info;
    }

    /** The samples of a series within {@code span}. */
    Points points(Series series, Span span) throws IOException {
        return read(() -> column(SegmentWriter.device(series.key().subject()), series.key().name(), span, series));
    }

    /** The buckets of a series that begin within {@code span}. */
    Buckets buckets(Series series, Span span) throws IOException {
        return read(() -> {
            var device = SegmentWriter.device(series.key());
            var counts = column(device, "count", span, series);
            if (counts.count() == 0) {
                return new Buckets(series, info.tier().step, new long[0], new double[0], new double[0], new double[0], new double[0], new double[0]);
            }
            return new Buckets(series, info.tier().step, counts.times(), counts.values(), column(device, "sum", span, series).values(), column(device, "min", span, series).values(),
                    column(device, "max", span, series).values(), column(device, "last", span, series).values());
        });
    }

    /** All series that it holds. */
    List<SeriesKey> keys() throws IOException {
        return read(() -> {
            var keys = new ArrayList<SeriesKey>();
            for (var device : reader().getAllDevices()) {
                var subject = Subject.parse(device.segment(1).toString());
                if (info.tier() == Tier.RAW) {
                    reader().readDeviceMetadata(device).keySet().forEach(name -> keys.add(new SeriesKey(subject, name)));
                } else {
                    keys.add(new SeriesKey(subject, device.segment(2).toString()));
                }
            }
            reader().clearCachedDeviceMetadata();
            return keys;
        });
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    /** A reader whose file failed, or whose thread was interrupted, is of no more use: the next to come opens another. */
    private synchronized <T> T read(Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (IOException | RuntimeException e) {
            close();
            throw e instanceof IOException io ? io : new IOException("%s is damaged: %s".formatted(file.getFileName(), e), e);
        }
    }

    private Points column(IDeviceID device, String name, Span span, Series series) throws IOException {
        var gathering = new Points.Gathering();
        read(device, name, span, gathering);
        return gathering.points(series);
    }

    private void read(IDeviceID device, String name, Span span, Points.Gathering into) throws IOException {
        var metadata = reader().readTimeseriesMetadata(device, name, true);
        if (metadata == null) {
            return;
        }
        var within = TimeFilterApi.between(span.from(), span.to());
        for (var chunk : reader().readChunkMetaDataList(metadata)) {
            if (span.meets(new Span(chunk.getStartTime(), chunk.getEndTime()))) {
                var pages = new ChunkReader(reader().readMemChunk(chunk), within);
                while (pages.hasNextSatisfiedPage()) {
                    read(pages.nextPageData(), into);
                }
            }
        }
    }

    private static void read(BatchData page, Points.Gathering into) {
        boolean whole = page.getDataType() == TSDataType.INT64;
        for (; page.hasCurrent(); page.next()) {
            into.add(page.currentTime(), whole ? page.getLong() : page.getDouble());
        }
    }

    private TsFileSequenceReader reader() throws IOException {
        if (reader == null) {
            reader = new TsFileSequenceReader(file.toString());
        }
        return reader;
    }

    /** Lets go of what it holds open; it can be read again. */
    @Override
    public synchronized void close() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
