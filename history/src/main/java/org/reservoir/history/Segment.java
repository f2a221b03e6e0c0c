package org.reservoir.history;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

import org.apache.tsfile.read.TsFileSequenceReader;
import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;

/** A segment to be read; opened when it is first asked. Its monitor guards the reader, which is not for several threads. */
final class Segment implements AutoCloseable {
    private static final Set<String> COLUMNS = Set.of("count", "sum", "min", "max", "last");

    private final Path folder;
    private final SegmentInfo info;
    private TsFileSequenceReader reader;

    Segment(Path folder, SegmentInfo info) {
        this.folder = folder;
        this.info = info;
    }

    SegmentInfo info() {
        return info;
    }

    /** The samples of a series within {@code span}. */
    Points points(Series series, Span span) throws IOException {
        var name = series.key().name();
        return read(() -> {
            var found = reader().readTimeseriesMetadata(SegmentWriter.device(series.key().subject()), name, true); // null when the segment holds nothing of it
            return Columns.of(reader(), found == null ? List.of() : List.of(found)).points(name, span, series);
        });
    }

    /** The buckets of a series that begin within {@code span}. */
    Buckets buckets(Series series, Span span) throws IOException {
        return read(() -> Columns.of(reader(), reader().readTimeseriesMetadata(SegmentWriter.device(series.key()), "count", COLUMNS, true, _ -> { }))
                .buckets(info.tier().step, span, series));
    }

    interface Reading<T> {
        T read() throws IOException;
    }

    /** A reader whose file failed, or whose thread was interrupted, is of no more use: the next to come opens another. */
    private synchronized <T> T read(Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (IOException | RuntimeException e) {
            close();
            throw damaged(info.in(folder), e);
        }
    }

    /** What TsFile throws at bytes that are none of its own is of any kind. That a disk cannot be read is another trouble. */
    static IOException damaged(Path file, Exception trouble) {
        return trouble instanceof IOException io && !(io instanceof NoSuchFileException) ? io : new DamagedSegment(file, trouble);
    }

    private TsFileSequenceReader reader() throws IOException {
        if (reader == null) {
            reader = info.reader(folder);
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
