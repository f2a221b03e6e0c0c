package org.reservoir.history;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import org.apache.tsfile.file.metadata.TimeseriesMetadata;
import org.apache.tsfile.read.TsFileSequenceReader;
import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;

/** Columns of a segment as its index names them: where their chunks lie. */
record Columns(TsFileSequenceReader reader, Map<String, TimeseriesMetadata> named) {
    static Columns of(TsFileSequenceReader reader, Collection<TimeseriesMetadata> found) {
        var named = HashMap.<String, TimeseriesMetadata>newHashMap(found.size());
        found.forEach(column -> named.put(column.getMeasurementId(), column));
        return new Columns(reader, named);
    }

    /** None when there is no such column. */
    Points points(String name, Span span, Series series) throws IOException {
        var gathering = new Points.Gathering();
        var column = named.get(name);
        if (column != null) {
            for (var chunk : reader.readChunkMetaDataList(column)) {
                if (span.meets(new Span(chunk.getStartTime(), chunk.getEndTime()))) {
                    new ColumnReader(series, reader.readMemChunk(chunk), chunk.getStatistics()).read(span, gathering);
                }
            }
        }
        return gathering.points(series);
    }

    Buckets buckets(long step, Span span, Series series) throws IOException {
        var counts = points("count", span, series);
        return new Buckets(series, step, counts.times(), counts.values(), points("sum", span, series).values(), points("min", span, series).values(),
                points("max", span, series).values(), points("last", span, series).values());
    }
}
