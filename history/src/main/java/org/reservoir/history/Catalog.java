package org.reservoir.history;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Wanted;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which series there are, and their labels. In memory, and in a log of frames that is written anew when the site starts; where it is damaged, segments
 * say which series they hold, but not with which labels. Safe for many threads.
 */
final class Catalog {
    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);
    private static final String FILE = "names";

    private final Path folder;
    private final int most;
    private final Map<SeriesKey, Known> known = new ConcurrentHashMap<>();
    private final Map<Subject, Set<SeriesKey>> keysOf = new ConcurrentHashMap<>();
    private final Map<List<Object>, Line> lineOf = new ConcurrentHashMap<>();

    private static final class Known {
        private volatile Labels labels;
        private volatile boolean saved;
        private volatile long heard;
        private volatile List<Line> lines = List.of();

        Known(Labels labels, long heard) {
            this.labels = labels;
            this.heard = heard;
        }
    }

    Catalog(Path folder, int most) {
        this.folder = folder;
        this.most = most;
    }

    /** The line of these series; empty when there is no room for more series. @param now epoch milliseconds */
    synchronized Optional<Line> line(Subject subject, List<String> names, Labels labels, long now) {
        var line = lineOf.get(List.of(subject, names));
        if (line == null && known.size() + names.size() > most) {
            return Optional.empty();
        }
        if (line == null) {
            line = new Line(subject, names);
            lineOf.put(List.of(subject, line.names()), line);
        }
        for (var name : names) {
            var entry = known(new SeriesKey(subject, name), labels, now);
            entry.heard = Math.max(entry.heard, now);
            if (!entry.labels.equals(labels)) {
                entry.labels = labels;
                entry.saved = false;
            }
            if (!entry.lines.contains(line)) {
                var more = new ArrayList<>(entry.lines);
                more.add(line);
                entry.lines = List.copyOf(more);
            }
        }
        return Optional.of(line);
    }

    private Known known(SeriesKey key, Labels labels, long heard) {
        return known.computeIfAbsent(key, _ -> {
            keysOf.computeIfAbsent(key.subject(), _ -> ConcurrentHashMap.newKeySet()).add(key);
            return new Known(labels, heard);
        });
    }

    Labels labels(Line line) {
        return labels(new SeriesKey(line.subject(), line.names().getFirst()));
    }

    Labels labels(SeriesKey key) {
        var entry = known.get(key);
        return entry == null ? Labels.NONE : entry.labels;
    }

    List<Line> lines(SeriesKey key) {
        var entry = known.get(key);
        return entry == null ? List.of() : entry.lines;
    }

    Series series(SeriesKey key) {
        return new Series(key, labels(key));
    }

    List<Series> series(Wanted wanted, int limit) {
        if (wanted instanceof Wanted.One(var key)) {
            return known.containsKey(key) ? List.of(series(key)) : List.of();
        }
        var some = wanted instanceof Wanted.Of(var subject, _) && subject.isPresent() ? keysOf.getOrDefault(subject.get(), Set.of()) : known.keySet();
        return some.stream().map(this::series).filter(wanted::takes).limit(limit).toList();
    }

    /** A segment holds something of them. */
    synchronized void heard(SeriesKey key, long now) {
        known(key, Labels.NONE, now).heard = now;
    }

    int size() {
        return known.size();
    }

    /**
     * Forgets what was last heard before {@code oldest}; and when it is nearly full, the tenth that is silent for longest, if it has been since {@code silent}.
     * A line goes with its series, so whoever measures again begins anew.
     */
    synchronized void forget(long oldest, long silent) {
        remove(entry -> entry.heard < oldest);
        if (known.size() > most * 0.9) {
            var heard = known.values().stream().map(entry -> entry.heard).sorted(Comparator.naturalOrder()).toList();
            long bar = Math.min(silent, heard.get(heard.size() / 10));
            remove(entry -> entry.heard < bar);
        }
    }

    private void remove(Predicate<Known> which) {
        known.values().removeIf(which);
        keysOf.values().removeIf(keys -> keys.removeIf(key -> !known.containsKey(key)) && keys.isEmpty());
        lineOf.values().removeIf(line -> line.names().stream().noneMatch(name -> known.containsKey(new SeriesKey(line.subject(), name))));
    }

    /** Adds to the log what is not yet in it; safe when it returns. @return its bytes */
    long save() throws IOException {
        append(folder.resolve(FILE), entry -> !entry.getValue().saved);
        return Files.size(folder.resolve(FILE));
    }

    /** @param bytes that were safe, at least @return whether all that was written there was read */
    boolean load(long now, long bytes) throws IOException {
        var file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return false;
        }
        var read = Frames.read(file, frame -> {
            var described = HeadLog.Described.read(frame);
            long heard = frame.hasRemaining() ? Bytes.signed(frame) : now;
            described.names().forEach(name -> {
                var entry = known(new SeriesKey(described.subject(), name), described.labels(), heard);
                entry.labels = described.labels();
                entry.heard = heard;
                entry.saved = true;
            });
        });
        return read.damaged() == 0 && Files.size(file) >= bytes;
    }

    /** Writes each series once. When there is no room for that the log stays as it was: longer, and all is in it. */
    void tidy() throws IOException {
        var file = folder.resolve(FILE);
        var fresh = folder.resolve(FILE + ".new");
        try {
            Files.deleteIfExists(fresh);
            append(fresh, _ -> true);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("the names of the history are not written anew: {}", e.getMessage());
            Files.deleteIfExists(fresh);
        }
    }

    private void append(Path file, Predicate<Map.Entry<SeriesKey, Known>> which) throws IOException {
        var frame = Frames.frame();
        var written = new ArrayList<Known>();
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            for (var entry : known.entrySet()) {
                if (which.test(entry)) {
                    frame.clear();
                    HeadLog.described(frame, entry.getKey().subject(), List.of(entry.getKey().name()), entry.getValue().labels);
                    frame.signed(entry.getValue().heard);
                    for (var bytes = Frames.closed(frame); bytes.hasRemaining();) {
                        channel.write(bytes);
                    }
                    written.add(entry.getValue());
                }
            }
            channel.force(true);
        }
        written.forEach(entry -> entry.saved = true);
    }
}
