package org.reservoir.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;

/** Several segments of a tier walked at once: their series one after another, each with all that any of them has of it. Not for several threads. */
final class Walks implements AutoCloseable {
    private final List<SegmentWalk> walks = new ArrayList<>();

    Walks(Path folder, List<SegmentInfo> segments) throws IOException {
        try {
            for (var segment : segments) {
                walks.add(new SegmentWalk(folder, segment));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The next series, in the order of the segments that have it; empty at the end. */
    List<SegmentWalk.Found> next() throws IOException {
        var found = new ArrayList<SegmentWalk.Found>();
        var at = new ArrayList<SegmentWalk>();
        for (var walk : walks) {
            var here = walk.here();
            int order = here.isEmpty() ? 1 : found.isEmpty() ? -1 : here.get().compareTo(found.getFirst());
            if (order < 0) {
                found.clear();
                at.clear();
            }
            if (order <= 0) {
                found.add(here.orElseThrow());
                at.add(walk);
            }
        }
        at.forEach(SegmentWalk::goOn);
        return found;
    }

    static Points points(Series series, List<SegmentWalk.Found> found) throws IOException {
        var parts = new ArrayList<Points>();
        for (var each : found) {
            parts.add(each.points(series));
        }
        return Points.merged(series, parts);
    }

    @Override
    public void close() throws IOException {
        var trouble = Optional.<IOException>empty();
        for (var walk : walks) {
            try {
                walk.close();
            } catch (IOException e) {
                trouble = Optional.of(e);
            }
        }
        if (trouble.isPresent()) {
            throw trouble.get();
        }
    }
}
