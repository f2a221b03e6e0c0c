package org.reservoir.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;

/** What came since the last segment was written, in memory: for each line its {@link Run}. Guarded by its own monitor. */
final class Head {
    private static final Span EVER = new Span(Long.MIN_VALUE, Long.MAX_VALUE);

    private final Slabs slabs;
    private final List<long[]> taken = new ArrayList<>();
    private final Map<Line, Run> runs = new HashMap<>();
    private int used = Slabs.SIZE;
    private int values;
    private int rows;

    Head(Slabs slabs) {
        this.slabs = slabs;
    }

    /** A slab with room for so many numbers from {@link #placeOf} on. For runs, under its monitor. */
    long[] room(int size) {
        if (size > Slabs.SIZE) {
            return new long[size];
        }
        if (used + size > Slabs.SIZE) {
            taken.add(slabs.take());
            used = 0;
        }
        used += size;
        return taken.getLast();
    }

    /** Where in it the room begins that was just given. */
    int placeOf(int size) {
        return size > Slabs.SIZE ? 0 : used - size;
    }

    /** All of it is in a segment, which everybody who reads from now on sees. */
    synchronized void release() {
        runs.clear();
        slabs.giveBack(taken);
        taken.clear();
        used = Slabs.SIZE;
    }

    /** @param value where the values of row {@code from} begin @return where those of row {@code to} do */
    synchronized int add(Batch batch, int from, int to, int value) {
        int next = value;
        for (int i = from; i < to; i++) {
            add(batch.lines[i], batch.times[i], batch.values, next);
            next += batch.lines[i].width();
        }
        return next;
    }

    synchronized void add(Line line, long at, double[] row, int from) {
        line.run(this).add(at, row, from);
        values += line.width();
        rows++;
    }

    synchronized Run run(Line line) {
        var known = runs.get(line);
        if (known == null) {
            known = new Run(line, runs.size(), this);
            runs.put(line, known);
        }
        return known;
    }

    synchronized int values() {
        return values;
    }

    synchronized int rows() {
        return rows;
    }

    /** The samples of a series that any of these lines holds. */
    synchronized List<Points> points(Series series, List<Line> lines, Span span) {
        var found = new ArrayList<Points>();
        for (var line : lines) {
            var run = runs.get(line);
            if (run != null) {
                found.add(run.points(series, line.names().indexOf(series.key().name()), span));
            }
        }
        return found;
    }

    /** A series, and the runs that hold it. */
    private record Column(SeriesKey key, List<Run> runs) {}

    /** Who writes a head down. */
    @FunctionalInterface
    interface Visitor<E extends Exception> {
        void column(SeriesKey key, ColumnOf points) throws E;
    }

    /** Its samples, under the labels that the visitor knows. */
    @FunctionalInterface
    interface ColumnOf {
        Points of(Series series);
    }

    /** Tells all series when nothing is added any more, by subject, then name. Those of one run have one array of times as long as none lacks a value. */
    synchronized <E extends Exception> void columns(Visitor<E> visitor) throws E {
        Run last = null;
        var times = new long[0];
        for (var column : sorted()) {
            var run = column.runs().getFirst();
            if (column.runs().size() == 1 && run.isRising()) {
                times = run == last ? times : run.times();
                last = run;
                var shared = times;
                visitor.column(column.key(), series -> present(series, shared, run.values(index(run, column.key()))));
            } else {
                visitor.column(column.key(), series -> Points.merged(series, column.runs().stream().map(some -> some.points(series, index(some, column.key()), EVER)).toList()));
            }
        }
    }

    private static int index(Run run, SeriesKey key) {
        return run.line.names().indexOf(key.name());
    }

    private static Points present(Series series, long[] times, double[] values) {
        boolean all = true;
        for (double value : values) {
            all &= !Double.isNaN(value);
        }
        if (all) {
            return new Points(series, times, values);
        }
        var gathering = new Points.Gathering();
        for (int i = 0; i < values.length; i++) {
            if (!Double.isNaN(values[i])) {
                gathering.add(times[i], values[i]);
            }
        }
        return gathering.points(series);
    }

    /** By subject first, so that a name is compared with those of its own subject alone. */
    private List<Column> sorted() {
        var subjects = new TreeMap<String, List<Run>>();
        runs.values().forEach(run -> subjects.computeIfAbsent(run.line.subject().toString(), _ -> new ArrayList<>(1)).add(run));
        var columns = new ArrayList<Column>(2 * runs.size());
        subjects.values().forEach(ofSubject -> columns.addAll(columns(ofSubject)));
        return columns;
    }

    private static Collection<Column> columns(List<Run> runs) {
        var columns = new TreeMap<String, Column>();
        for (var run : runs) {
            run.line.names().forEach(name -> columns.computeIfAbsent(name, _ -> new Column(new SeriesKey(run.line.subject(), name), new ArrayList<>(1))).runs().add(run));
        }
        return columns.values();
    }
}
