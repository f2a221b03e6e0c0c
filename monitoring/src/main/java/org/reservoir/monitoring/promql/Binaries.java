package org.reservoir.monitoring.promql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Tags;
import org.reservoir.monitoring.promql.Value.Sample;

/** Two values and an operator between them. */
final class Binaries {
    private Binaries() {}

    static Value of(Expr.Binary how, Value left, Value right) {
        if (left instanceof Value.Scalar(var a) && right instanceof Value.Scalar(var b)) {
            return new Value.Scalar(isComparison(how) ? holds(how.op(), a, b) ? 1 : 0 : computed(how.op(), a, b));
        }
        if (left instanceof Value.Vector(var samples) && right instanceof Value.Scalar(var b)) {
            return new Value.Vector(samples.stream().flatMap(sample -> withNumber(how, sample, sample.value(), b).stream()).toList());
        }
        if (left instanceof Value.Scalar(var a) && right instanceof Value.Vector(var samples)) {
            return new Value.Vector(samples.stream().flatMap(sample -> withNumber(how, sample, a, sample.value()).stream()).toList());
        }
        var lefts = ((Value.Vector) left).samples();
        var rights = ((Value.Vector) right).samples();
        return new Value.Vector(switch (how.op()) {
            case "and" -> kept(how, lefts, rights, true);
            case "unless" -> kept(how, lefts, rights, false);
            case "or" -> joined(how, lefts, rights);
            default -> matched(how, lefts, rights);
        });
    }

    private static boolean isComparison(Expr.Binary how) {
        return switch (how.op()) {
            case "==", "!=", "<", ">", "<=", ">=" -> true;
            default -> false;
        };
    }

    private static boolean holds(String op, double a, double b) {
        return switch (op) {
            case "==" -> a == b;
            case "!=" -> a != b;
            case "<" -> a < b;
            case ">" -> a > b;
            case "<=" -> a <= b;
            default -> a >= b;
        };
    }

    private static double computed(String op, double a, double b) {
        return switch (op) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "%" -> a % b;
            case "^" -> Math.pow(a, b);
            case "atan2" -> Math.atan2(a, b);
            default -> throw new IllegalStateException("%s is known and cannot be done".formatted(op));
        };
    }

    /** Empty when a comparison filters it out. A sample that passes keeps its own value. */
    private static List<Sample> withNumber(Expr.Binary how, Sample sample, double a, double b) {
        if (!isComparison(how)) {
            return List.of(sample.nameless(computed(how.op(), a, b)));
        }
        if (how.bool()) {
            return List.of(sample.nameless(holds(how.op(), a, b) ? 1 : 0));
        }
        return holds(how.op(), a, b) ? List.of(sample) : List.of();
    }

    private static SortedMap<String, String> key(Expr.Matching matching, SortedMap<String, String> labels) {
        var key = new TreeMap<>(labels);
        if (matching.on()) {
            key.keySet().retainAll(matching.labels());
        } else {
            key.remove(Tags.NAME);
            key.keySet().removeAll(matching.labels());
        }
        return key;
    }

    private static List<Sample> kept(Expr.Binary how, List<Sample> lefts, List<Sample> rights, boolean there) {
        var keys = new HashSet<SortedMap<String, String>>();
        rights.forEach(sample -> keys.add(key(how.matching(), sample.labels())));
        return lefts.stream().filter(sample -> keys.contains(key(how.matching(), sample.labels())) == there).toList();
    }

    private static List<Sample> joined(Expr.Binary how, List<Sample> lefts, List<Sample> rights) {
        var all = new ArrayList<>(lefts);
        all.addAll(kept(how, rights, lefts, false));
        return all;
    }

    private static List<Sample> matched(Expr.Binary how, List<Sample> lefts, List<Sample> rights) {
        boolean swapped = how.matching().many() == Expr.Side.RIGHT;
        var many = swapped ? rights : lefts;
        Map<SortedMap<String, String>, Sample> ones = new HashMap<>();
        for (var one : swapped ? lefts : rights) {
            if (ones.put(key(how.matching(), one.labels()), one) != null) {
                throw ambiguous(how, swapped ? "left" : "right");
            }
        }
        var seen = new HashSet<SortedMap<String, String>>();
        var result = new ArrayList<Sample>();
        for (var sample : many) {
            var one = ones.get(key(how.matching(), sample.labels()));
            if (one != null) {
                var value = value(how, swapped ? one.value() : sample.value(), swapped ? sample.value() : one.value());
                if (value.isPresent()) {
                    var labels = labels(how, sample, one);
                    if (!seen.add(how.matching().many() == Expr.Side.NONE ? key(how.matching(), sample.labels()) : labels)) {
                        throw ambiguous(how, swapped ? "right" : "left");
                    }
                    result.add(new Sample(labels, value.getAsDouble()));
                }
            }
        }
        return result;
    }

    private static OptionalDouble value(Expr.Binary how, double left, double right) {
        if (!isComparison(how)) {
            return OptionalDouble.of(computed(how.op(), left, right));
        }
        boolean holds = holds(how.op(), left, right);
        return how.bool() ? OptionalDouble.of(holds ? 1 : 0) : holds ? OptionalDouble.of(left) : OptionalDouble.empty();
    }

    private static SortedMap<String, String> labels(Expr.Binary how, Sample sample, Sample one) {
        var labels = new TreeMap<>(sample.labels());
        if (!isComparison(how) || how.bool()) {
            labels.remove(Tags.NAME);
        }
        if (how.matching().many() == Expr.Side.NONE) {
            if (how.matching().on()) {
                labels.keySet().retainAll(how.matching().labels());
            } else {
                labels.keySet().removeAll(how.matching().labels());
            }
        }
        how.matching().include().forEach(label -> {
            var taken = one.labels().get(label);
            if (taken == null) {
                labels.remove(label);
            } else {
                labels.put(label, taken);
            }
        });
        return labels;
    }

    private static Refused ambiguous(Expr.Binary how, String side) {
        return Refused.invalid("AMBIGUOUS_MATCH", "On the %s of '%s' several series match one of the other side.".formatted(side, how.op()), "Say on(…) or ignoring(…), and group_left or group_right.");
    }
}
