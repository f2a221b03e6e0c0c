package org.reservoir.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;

import org.apache.tsfile.file.metadata.TimeseriesMetadata;
import org.apache.tsfile.read.TsFileSequenceReader;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;

/** A segment to be read; opened when it is first asked. Its monitor guards the reader, which is not for several threads. */
final class Segment implements AutoCloseable {
    private static final Set<String> COLUMNS = Set.of("count", "sum", "min", "max", "last");

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
        return read(() -> column(reader().readTimeseriesMetadata(SegmentWriter.device(series.key().subject()), series.key().name(), true), span, series));
    }

    /** The buckets of a series that begin within {@code span}. */
    Buckets buckets(Series series, Span span) throws IOException {
        return read(() -> {
            var columns = new HashMap<String, TimeseriesMetadata>();
            reader().readTimeseriesMetadata(SegmentWriter.device(series.key()), "count", COLUMNS, true, _ -> { }).forEach(column -> columns.put(column.getMeasurementId(), column));
            var counts = column(columns.get("count"), span, series);
            return new Buckets(series, info.tier().step, counts.times(), counts.values(), column(columns.get("sum"), span, series).values(), column(columns.get("min"), span, series).values(),
                    column(columns.get("max"), span, series).values(), column(columns.get("last"), span, series).values());
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

    /** @param metadata null when the segment holds nothing of it */
    private Points column(TimeseriesMetadata metadata, Span span, Series series) throws IOException {
        var gathering = new Points.Gathering();
        if (metadata != null) {
            for (var chunk : reader().readChunkMetaDataList(metadata)) {
                if (span.meets(new Span(chunk.getStartTime(), chunk.getEndTime()))) {
                    new ColumnReader(series, reader().readMemChunk(chunk), chunk.getStatistics()).read(span, gathering);
                }
            }
        }
        return gathering.points(series);
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
