package org.reservoir.gateways;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.reservoir.kernel.Interval;
import org.reservoir.kernel.Refused;

/** One series, whatever is asked; and a query language of one word. */
final class FakeHistory implements HistoryView, QueryView {
    @Override
    public List<MeasuredLine> range(Which which, When when) {
        return List.of(new MeasuredLine(which.subject().orElse("vee-1"), which.metric().orElse("load"), Map.of("service", "service-1"), saw(when)));
    }

    /** Up and down, with a gap; of the samples themselves one. */
    private static List<MeasuredPoint> saw(When when) {
        var points = new java.util.ArrayList<MeasuredPoint>();
        points.add(new MeasuredPoint(when.time().from(), 1.5));
        for (int i = 1; !when.step().isZero() && when.time().from().plus(when.step().multipliedBy(i)).isBefore(when.time().to()) && i < 1_000; i++) {
            if (i % 60 < 50) {
                points.add(new MeasuredPoint(when.time().from().plus(when.step().multipliedBy(i)), Math.abs(i % 40 - 20) * 1.5));
            }
        }
        return points;
    }

    @Override
    public List<MeasuredLine> groups(Which which, When when, List<String> by, String across) {
        return range(which, when);
    }

    @Override
    public void export(Which which, Interval time, String format, OutputStream to) throws IOException {
        to.write((format + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void require(Which which) {
        // all of it is there
    }

    @Override
    public HistoryHealth health() {
        return new HistoryHealth("fake", 1, 1, 1, 0, 100, "");
    }

    @Override
    public Map<String, Object> instant(String query, Instant at) {
        if (!query.equals("up")) {
            throw Refused.invalid("BAD_QUERY_EXPRESSION", "'%s' is no query.".formatted(query), "Say up.");
        }
        return Map.of("resultType", "vector", "result", List.of(Map.of("metric", Map.of("__name__", "up"), "value", List.of(at.getEpochSecond(), "1"))));
    }

    @Override
    public Map<String, Object> range(String query, Interval time, Duration step) {
        return Map.of("resultType", "matrix", "result", List.of(Map.of("metric", Map.of("__name__", query), "values", List.of(List.of(time.from().getEpochSecond(), "" + step.toSeconds())))));
    }

    @Override
    public List<Map<String, String>> series(List<String> selectors) {
        return selectors.stream().map(selector -> Map.of("__name__", selector)).toList();
    }

    @Override
    public List<String> labels(List<String> selectors) {
        return List.of("__name__");
    }

    @Override
    public List<String> values(String label, List<String> selectors) {
        return List.of(label);
    }

    @Override
    public Map<String, Object> metadata() {
        return Map.of("up", List.of(Map.of("type", "gauge", "help", "", "unit", "")));
    }
}
