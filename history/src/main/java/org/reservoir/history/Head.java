package org.reservoir.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;

/** What came since the last segment was written, in memory: for each line its rows in the order in which they came. Guarded by its own monitor. */
final class Head {
    private static final Span EVER = new Span(Long.MIN_VALUE, Long.MAX_VALUE);

    private final Map<Line, Run> runs = new HashMap<>();
    private int values;
    private int rows;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    /** The rows of one line. */
    static final class Run {
        final Line line;
        /** By which the head's log knows it. */
        final int number;
        boolean logged;
        long[] times = new long[4];
        final double[][] columns;
        int count;

        Run(Line line, int number) {
            this.line = line;
            this.number = number;
            columns = new double[line.width()][4];
        }

        void add(long at, double[] row, int from) {
            if (count == times.length) {
                int size = count + Math.max(8, count / 2);
                times = Arrays.copyOf(times, size);
                for (int i = 0; i < columns.length; i++) {
                    columns[i] = Arrays.copyOf(columns[i], size);
                }
            }
            times[count] = at;
            for (int i = 0; i < columns.length; i++) {
                columns[i][count] = row[from + i];
            }
            count++;
        }

        /** The samples of a column; rows without it are left out. */
        Points points(Series series, int column, Span span) {
            var gathering = new Points.Gathering();
            var values = columns[column];
            for (int i = 0; i < count; i++) {
                if (!Double.isNaN(values[i]) && span.contains(times[i])) {
                    gathering.add(times[i], values[i]);
                }
            }
            return gathering.points(series);
        }
    }

    synchronized void add(Batch batch) {
        int from = 0;
        for (int i = 0; i < batch.rows; i++) {
            add(batch.lines[i], batch.times[i], batch.values, from);
            from += batch.lines[i].width();
        }
    }

    synchronized void add(Line line, long at, double[] row, int from) {
        line.run(this).add(at, row, from);
        first = Math.min(first, at);
        last = Math.max(last, at);
        values += line.width();
        rows++;
    }

    synchronized Run run(Line line) {
        return runs.computeIfAbsent(line, _ -> new Run(line, runs.size()));
    }

    synchronized int values() {
        return values;
    }

    synchronized int rows() {
        return rows;
    }

    synchronized Span span() {
        return new Span(first, last);
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
    record Column(SeriesKey key, List<Run> runs) {
        Points points(Series series) {
            return Points.merged(series, runs.stream().map(run -> run.points(series, run.line.names().indexOf(key.name()), EVER)).toList());
        }
    }

    /** All series when nothing is added any more, by subject, then name. */
    synchronized List<Column> columns() {
        var columns = new HashMap<SeriesKey, List<Run>>();
        runs.values().forEach(run -> run.line.names().forEach(name -> columns.computeIfAbsent(new SeriesKey(run.line.subject(), name), _ -> new ArrayList<>(1)).add(run)));
        return columns.entrySet().stream().map(entry -> new Column(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparing((Column column) -> column.key().subject().toString()).thenComparing(column -> column.key().name())).toList();
    }
}
