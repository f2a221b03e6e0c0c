package org.reservoir.monitoring.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Puts buckets of many series together. Pure. */
public final class Groups {
    private Groups() {}

    /** What is made of the figures of one step. */
    public enum Across { SUM, AVG, MIN, MAX, COUNT }

    /** @param labels what the members have in common; @param starts epoch milliseconds of the steps, rising */
    public record Group(Map<String, String> labels, long[] starts, double[] values) {}

    private static final class Sum {
        private int count;
        private double sum;
        private double min = Double.POSITIVE_INFINITY;
        private double max = Double.NEGATIVE_INFINITY;

        private void add(double value) {
            count++;
            sum += value;
            min = Math.min(min, value);
            max = Math.max(max, value);
        }

        private double of(Across across) {
            return switch (across) {
                case SUM -> sum;
                case AVG -> sum / count;
                case MIN -> min;
                case MAX -> max;
                case COUNT -> count;
            };
        }
    }

    /** A member that is silent in a step adds nothing to it; a step in which all are is not there. */
    public static List<Group> of(List<Buckets> members, Function<Series, Map<String, String>> labels, Buckets.Figure figure, Across across) {
        var groups = new LinkedHashMap<Map<String, String>, TreeMap<Long, Sum>>();
        for (var member : members) {
            var steps = groups.computeIfAbsent(labels.apply(member.series()), _ -> new TreeMap<>());
            for (int i = 0; i < member.count(); i++) {
                steps.computeIfAbsent(member.starts()[i], _ -> new Sum()).add(figure.of(member, i));
            }
        }
        var made = new ArrayList<Group>();
        groups.forEach((common, steps) -> made.add(new Group(common, steps.keySet().stream().mapToLong(Long::longValue).toArray(),
                steps.values().stream().mapToDouble(sum -> sum.of(across)).toArray())));
        return made;
    }
}
