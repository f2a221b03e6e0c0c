package org.reservoir.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.apache.tsfile.file.metadata.IDeviceID;
import org.apache.tsfile.file.metadata.TimeseriesMetadata;
import org.apache.tsfile.read.TsFileDeviceIterator;
import org.apache.tsfile.read.TsFileSequenceReader;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;

/**
 * All series of a segment one after another, in the order in which TsFile's index has them: by subject, then name. To look for each by itself reads
 * hundreds of the index's entries for every one. It has a reader of its own, so that others may read the segment meanwhile. Not for several threads.
 */
final class SegmentWalk implements AutoCloseable {
    private static final Span EVER = new Span(Long.MIN_VALUE, Long.MAX_VALUE);

    private final Path file;
    private final SegmentInfo info;
    private final TsFileSequenceReader reader;
    private final TsFileDeviceIterator devices;
    /** Of the device that was read last, what the walk has not yet gone past. */
    private final Deque<Found> waiting = new ArrayDeque<>();

    SegmentWalk(Path folder, SegmentInfo info) throws IOException {
        file = info.in(folder);
        this.info = info;
        reader = info.reader(folder);
        try {
            devices = reader.getAllDevicesIteratorWithIsAligned();
        } catch (IOException | RuntimeException e) {
            reader.close();
            throw Segment.damaged(file, e);
        }
    }

    /** A series, and where what the segment has of it lies. */
    final class Found {
        private final String subject;
        private final SeriesKey key;
        private final Columns columns;

        private Found(Subject subject, String text, String name, Columns columns) {
            this.subject = text;
            this.key = new SeriesKey(subject, name);
            this.columns = columns;
        }

        SeriesKey key() {
            return key;
        }

        /** Whose it is. */
        SegmentInfo segment() {
            return info;
        }

        /** As the index has them. */
        int compareTo(Found other) {
            int bySubject = subject.compareTo(other.subject);
            return bySubject == 0 ? key.name().compareTo(other.key.name()) : bySubject;
        }

        Points points(Series series) throws IOException {
            return reading(() -> columns.points(key.name(), EVER, series));
        }

        /** How many samples are in each bucket, by when it begins; nothing else of them is read. */
        Points counts(Series series) throws IOException {
            return reading(() -> columns.points("count", EVER, series));
        }

        Buckets buckets(Series series) throws IOException {
            return reading(() -> columns.buckets(info.tier().step, EVER, series));
        }
    }

    /** Where it stands; empty at the end. */
    Optional<Found> here() throws IOException {
        if (waiting.isEmpty()) {
            waiting.addAll(reading(this::ofNextDevice));
        }
        return Optional.ofNullable(waiting.peek());
    }

    void goOn() {
        waiting.poll();
    }

    private List<Found> ofNextDevice() throws IOException {
        if (!devices.hasNext()) {
            return List.of();
        }
        var device = devices.next().left;
        var columns = new ArrayList<TimeseriesMetadata>();
        reader.getDeviceTimeseriesMetadata(columns, devices.getFirstMeasurementNodeOfCurrentDevice(), Set.of(), true);
        return found(device, columns);
    }

    private List<Found> found(IDeviceID device, List<TimeseriesMetadata> columns) {
        var text = device.segment(1).toString();
        var subject = Subject.parse(text);
        var all = Columns.of(reader, columns);
        return info.tier() == Tier.RAW ? columns.stream().map(column -> new Found(subject, text, column.getMeasurementId(), all)).toList()
                : List.of(new Found(subject, text, device.segment(2).toString(), all));
    }

    private <T> T reading(Segment.Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (IOException | RuntimeException e) {
            throw Segment.damaged(file, e);
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
