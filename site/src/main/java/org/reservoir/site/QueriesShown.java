package org.reservoir.site;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.reservoir.gateways.QueryView;
import org.reservoir.kernel.Interval;
import org.reservoir.monitoring.Tags;
import org.reservoir.monitoring.history.History;
import org.reservoir.monitoring.history.Matcher;
import org.reservoir.monitoring.history.Wanted;
import org.reservoir.monitoring.promql.PromQl;

/** Answers PromQL from the history, in the form of Prometheus' HTTP API. */
final class QueriesShown implements QueryView {
    private static final int MOST_POINTS = 5_000_000;
    private static final int MOST_SERIES = 100_000;
    private static final List<Matcher> ALL = List.of();

    private final History history;
    private final PromQl queries;

    QueriesShown(History history) {
        this.history = history;
        queries = new PromQl((matchers, span) -> history.points(new Wanted.Matching(matchers), span, MOST_POINTS));
    }

    @Override
    public Map<String, Object> instant(String query, Instant at) {
        return switch (queries.instant(query, at.toEpochMilli())) {
            case PromQl.Result.Scalar(var value) -> result("scalar", sample(at.toEpochMilli(), value));
            case PromQl.Result.Text(var text) -> result("string", List.of(seconds(at.toEpochMilli()), text));
            case PromQl.Result.Vector(var lines) -> result("vector", lines.stream().map(line -> Map.of("metric", line.labels(), "value", sample(line.times()[0], line.values()[0]))).toList());
            case PromQl.Result.Matrix matrix -> matrix(matrix);
        };
    }

    @Override
    public Map<String, Object> range(String query, Interval time, Duration step) {
        return matrix(queries.range(query, time.from().toEpochMilli(), time.to().toEpochMilli(), step.toMillis()));
    }

    private static Map<String, Object> matrix(PromQl.Result.Matrix matrix) {
        return result("matrix", matrix.lines().stream().map(line -> {
            var samples = new ArrayList<Object>(line.times().length);
            for (int i = 0; i < line.times().length; i++) {
                samples.add(sample(line.times()[i], line.values()[i]));
            }
            return Map.of("metric", line.labels(), "values", samples);
        }).toList());
    }

    private static Map<String, Object> result(String type, Object result) {
        return Map.of("resultType", type, "result", result);
    }

    private static List<Object> sample(long at, double value) {
        return List.of(seconds(at), PromQl.number(value));
    }

    private static BigDecimal seconds(long at) {
        return BigDecimal.valueOf(at, 3);
    }

    @Override
    public List<Map<String, String>> series(List<String> selectors) {
        return tags(selectors).distinct().toList();
    }

    private Stream<Map<String, String>> tags(List<String> selectors) {
        var wanted = selectors.isEmpty() ? List.of(ALL) : selectors.stream().map(PromQl::selector).toList();
        return wanted.stream().flatMap(matchers -> history.series(new Wanted.Matching(matchers), MOST_SERIES).stream()).map(series -> (Map<String, String>) series.tags());
    }

    @Override
    public List<String> labels(List<String> selectors) {
        var names = new TreeSet<String>();
        tags(selectors).forEach(tags -> names.addAll(tags.keySet()));
        return List.copyOf(names);
    }

    @Override
    public List<String> values(String label, List<String> selectors) {
        var values = new TreeSet<String>();
        tags(selectors).filter(tags -> tags.containsKey(label)).forEach(tags -> values.add(tags.get(label)));
        return List.copyOf(values);
    }

    @Override
    public Map<String, Object> metadata() {
        var metadata = new TreeMap<String, Object>();
        values(Tags.NAME, List.of()).forEach(name -> metadata.put(name, List.of(Map.of("type", "gauge", "help", "", "unit", ""))));
        return metadata;
    }
}
