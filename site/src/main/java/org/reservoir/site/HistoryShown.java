package org.reservoir.site;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.reservoir.gateways.HistoryView;
import org.reservoir.history.Export;
import org.reservoir.kernel.Interval;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.Groups;
import org.reservoir.monitoring.history.History;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;

/** Shows the history to the gateways. */
final class HistoryShown implements HistoryView {
    private static final int MOST_POINTS = 500_000;

    private final History history;

    HistoryShown(History history) {
        this.history = history;
    }

    @Override
    public List<MeasuredLine> range(Which which, When when) {
        if (when.step().isZero()) {
            return history.points(wanted(which), span(when.time()), MOST_POINTS).stream().map(HistoryShown::line).toList();
        }
        var figure = Buckets.Figure.valueOf(when.figure().toUpperCase(java.util.Locale.ROOT));
        return buckets(which, when).stream().map(buckets -> new MeasuredLine(buckets.series().key().subject().toString(), buckets.series().key().name(), words(buckets.series()),
                points(buckets.starts(), i -> figure.of(buckets, i)))).toList();
    }

    @Override
    public List<MeasuredLine> groups(Which which, When when, List<String> by, String across) {
        var figure = Buckets.Figure.valueOf(when.figure().toUpperCase(java.util.Locale.ROOT));
        return Groups.of(buckets(which, when), series -> key(series, by), figure, Groups.Across.valueOf(across.toUpperCase(java.util.Locale.ROOT))).stream()
                .map(group -> new MeasuredLine(group.labels().getOrDefault("subject", ""), group.labels().getOrDefault("metric", which.metric().orElse("")), group.labels(),
                        points(group.starts(), i -> group.values()[i]))).toList();
    }

    private List<Buckets> buckets(Which which, When when) {
        return history.buckets(wanted(which), span(when.time()), when.step(), MOST_POINTS);
    }

    private static Map<String, String> key(Series series, List<String> by) {
        var all = new HashMap<>(words(series));
        all.put("subject", series.key().subject().toString());
        all.put("metric", series.key().name());
        all.keySet().retainAll(by);
        return new TreeMap<>(all);
    }

    @Override
    public void export(Which which, Interval time, String format, OutputStream to) throws IOException {
        if (format.equals("csv")) {
            Export.csv(history, wanted(which), span(time), to);
        } else {
            Export.parquet(history, wanted(which), span(time), to);
        }
    }

    @Override
    public void require(Which which) {
        history.series(wanted(which), 1);
    }

    @Override
    public HistoryHealth health() {
        var health = history.health();
        return new HistoryHealth(history.getClass().getSimpleName(), health.series(), health.taken(), health.kept(), health.dropped(), health.bytes(), health.trouble());
    }

    private static MeasuredLine line(Points points) {
        return new MeasuredLine(points.series().key().subject().toString(), points.series().key().name(), words(points.series()), points(points.times(), i -> points.values()[i]));
    }

    private interface At {
        double of(int place);
    }

    private static List<MeasuredPoint> points(long[] times, At values) {
        var points = new ArrayList<MeasuredPoint>(times.length);
        for (int i = 0; i < times.length; i++) {
            points.add(new MeasuredPoint(Instant.ofEpochMilli(times[i]), values.of(i)));
        }
        return points;
    }

    private static Map<String, String> words(Series series) {
        return MeasuredView.words(series.labels());
    }

    private static Span span(Interval time) {
        if (time.from().isBefore(Instant.EPOCH) || time.to().isAfter(Instant.EPOCH.plus(Duration.ofDays(365_000)))) {
            throw Refused.invalid("BAD_PARAMETER", "The time from %s to %s is beyond all that can be measured.".formatted(time.from(), time.to()), "");
        }
        return Span.of(time.from(), time.to());
    }

    private static Wanted wanted(Which which) {
        if (which.subject().isPresent() && which.metric().isPresent()) {
            return new Wanted.One(new SeriesKey(Subject.parse(which.subject().get()), which.metric().get()));
        }
        return new Wanted.Of(which.subject().map(Subject::parse), which.metric());
    }
}
