package org.reservoir.monitoring.promql;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

import org.reservoir.monitoring.Tags;
import org.reservoir.monitoring.promql.Value.Sample;

/** From many samples few: {@code sum by (service) (…)}. */
final class Aggregations {
    static final Set<String> OPS = Set.of("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "topk", "bottomk", "quantile", "count_values");
    static final Set<String> PARAMETERS = Set.of("topk", "bottomk", "quantile", "count_values");

    private Aggregations() {}

    static List<Sample> of(Expr.Aggregate how, Value parameter, List<Sample> samples) {
        Map<SortedMap<String, String>, List<Sample>> groups = new LinkedHashMap<>();
        samples.forEach(sample -> groups.computeIfAbsent(group(how, sample.labels()), _ -> new ArrayList<>()).add(sample));
        var result = new ArrayList<Sample>();
        groups.forEach((labels, members) -> result.addAll(of(how, parameter, labels, members)));
        return result;
    }

    private static SortedMap<String, String> group(Expr.Aggregate how, SortedMap<String, String> labels) {
        var group = new TreeMap<>(labels);
        if (how.without()) {
            group.remove(Tags.NAME);
            group.keySet().removeAll(how.labels());
        } else {
            group.keySet().retainAll(how.labels());
        }
        return group;
    }

    private static List<Sample> of(Expr.Aggregate how, Value parameter, SortedMap<String, String> labels, List<Sample> members) {
        var values = members.stream().mapToDouble(Sample::value).toArray();
        return switch (how.op()) {
            case "topk", "bottomk" -> best(how.op().equals("topk"), ((Value.Scalar) parameter).value(), members);
            case "count_values" -> counted(((Value.Text) parameter).value(), labels, values);
            case "quantile" -> List.of(new Sample(labels, RangeFunctions.quantile(((Value.Scalar) parameter).value(), values)));
            default -> List.of(new Sample(labels, one(how.op(), values)));
        };
    }

    private static double one(String op, double[] values) {
        var stream = java.util.Arrays.stream(values);
        return switch (op) {
            case "sum" -> stream.sum();
            case "avg" -> stream.sum() / values.length;
            case "min" -> stream.min().orElseThrow();
            case "max" -> stream.max().orElseThrow();
            case "count" -> values.length;
            case "group" -> 1;
            case "stdvar" -> RangeFunctions.variance(values);
            case "stddev" -> Math.sqrt(RangeFunctions.variance(values));
            default -> throw new IllegalStateException("%s is known and cannot be done".formatted(op));
        };
    }

    private static List<Sample> best(boolean largest, double many, List<Sample> members) {
        var order = Comparator.comparingDouble(Sample::value);
        return members.stream().sorted(largest ? order.reversed() : order).limit(Math.max(0, (long) many)).toList();
    }

    private static List<Sample> counted(String label, SortedMap<String, String> labels, double[] values) {
        var counts = new TreeMap<String, Integer>();
        for (double value : values) {
            counts.merge(PromQl.number(value), 1, Integer::sum);
        }
        return counts.entrySet().stream().map(entry -> {
            var more = new TreeMap<>(labels);
            more.put(label, entry.getKey());
            return new Sample(more, entry.getValue());
        }).toList();
    }
}
