package org.reservoir.monitoring.promql;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.history.Matcher;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Span;

/** Answers queries in PromQL. Times are epoch milliseconds. */
public final class PromQl {
    private static final long MOST_STEPS = 11_000;

    private final Source source;

    public PromQl(Source source) {
        this.source = source;
    }

    /** What a query came to. */
    public sealed interface Result {
        record Scalar(double value) implements Result {}

        record Text(String value) implements Result {}

        /** One sample of each series at one time. */
        record Vector(List<Line> lines) implements Result {
            public Vector {
                lines = List.copyOf(lines);
            }
        }

        /** Series of samples. */
        record Matrix(List<Line> lines) implements Result {
            public Matrix {
                lines = List.copyOf(lines);
            }
        }
    }

    public record Line(SortedMap<String, String> labels, long[] times, double[] values) {}

    /**
     * The value at one time.
     *
     * @throws Refused {@code BAD_QUERY_EXPRESSION} when it is misspelt, {@code UNSUPPORTED_QUERY} when it is PromQL and cannot be answered here,
     *                 {@code BAD_PATTERN}, {@code AMBIGUOUS_MATCH}, {@code TOO_MANY_POINTS}, and what the source refuses
     */
    public Result instant(String query, long at) {
        var expr = PromParser.parse(query);
        var evaluation = new Evaluation(expr, source, new Span(at, at));
        if (expr.type() == Expr.Type.RANGE) {
            return new Result.Matrix(evaluation.range(expr, at).stream().map(series -> new Line(series.labels(), series.points().times(), series.points().values())).toList());
        }
        return switch (evaluation.at(expr, at)) {
            case Value.Scalar(var value) -> new Result.Scalar(value);
            case Value.Text(var text) -> new Result.Text(text);
            case Value.Vector(var samples) -> new Result.Vector(samples.stream().map(sample -> new Line(sample.labels(), new long[] {at}, new double[] {sample.value()})).toList());
        };
    }

    /** The values from one time to another. @param step milliseconds. @throws Refused as {@link #instant}, and {@code BAD_RANGE} */
    public Result.Matrix range(String query, long from, long to, long step) {
        if (step <= 0 || to < from || (to - from) / step > MOST_STEPS) {
            throw Refused.invalid("BAD_RANGE", "From %d to %d by %d ms are not 1 to %d steps.".formatted(from, to, step, MOST_STEPS), "Ask for less time or a longer step.");
        }
        var expr = PromParser.parse(query);
        if (expr.type() == Expr.Type.RANGE || expr.type() == Expr.Type.TEXT) {
            throw Refused.invalid("BAD_QUERY_EXPRESSION", "Over time only numbers and instant vectors can be asked for.", "");
        }
        var evaluation = new Evaluation(expr, source, new Span(from, to));
        Map<SortedMap<String, String>, Points.Gathering> lines = new LinkedHashMap<>();
        for (long at = from; at <= to; at += step) {
            long time = at;
            switch (evaluation.at(expr, at)) {
                case Value.Scalar(var value) -> lines.computeIfAbsent(new java.util.TreeMap<>(), _ -> new Points.Gathering()).add(time, value);
                case Value.Vector(var samples) -> samples.forEach(sample -> lines.computeIfAbsent(sample.labels(), _ -> new Points.Gathering()).add(time, sample.value()));
                case Value.Text _ -> throw new IllegalStateException("a text was refused before");
            }
        }
        var all = new ArrayList<Line>();
        lines.forEach((labels, gathering) -> {
            var points = gathering.points(null);
            all.add(new Line(labels, points.times(), points.values()));
        });
        all.sort(Comparator.comparing(line -> line.labels().toString()));
        return new Result.Matrix(all);
    }

    /** The matchers of a selector such as {@code reservoir_kpi{vee="vee-7"}}. @throws Refused as {@link #instant} */
    public static List<Matcher> selector(String text) {
        if (PromParser.parse(text) instanceof Expr.Select(var matchers, var when) && when.equals(Expr.When.NOW)) {
            return matchers;
        }
        throw Refused.invalid("BAD_QUERY_EXPRESSION", "'%s' is no selector.".formatted(text), "Write it like metric{label=\"value\"}.");
    }

    /** As Prometheus writes numbers. */
    public static String number(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return value == 0 ? 1 / value < 0 ? "-0" : "0" : new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }
}
