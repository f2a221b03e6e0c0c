package org.reservoir.monitoring.promql;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.promql.Expr.Type;

/** Which functions there are and what they take. */
final class Functions {
    /** Those that give a number. */
    static final Set<String> SCALARS = Set.of("time", "scalar", "pi");

    private static final Set<String> NATIVE = Set.of("histogram_count", "histogram_sum", "histogram_fraction");

    /** @param least arguments; those beyond may be left out */
    private record Signature(int least, List<Type> types) {}

    private static final Map<String, Signature> KNOWN = known();

    private Functions() {}

    private static Map<String, Signature> known() {
        var known = new java.util.HashMap<String, Signature>();
        for (var name : List.of("rate", "increase", "delta", "irate", "idelta", "changes", "resets", "deriv", "avg_over_time", "min_over_time", "max_over_time", "sum_over_time",
                "count_over_time", "last_over_time", "present_over_time", "absent_over_time", "stddev_over_time", "stdvar_over_time")) {
            known.put(name, new Signature(1, List.of(Type.RANGE)));
        }
        known.put("quantile_over_time", new Signature(2, List.of(Type.SCALAR, Type.RANGE)));
        known.put("predict_linear", new Signature(2, List.of(Type.RANGE, Type.SCALAR)));
        for (var name : List.of("abs", "ceil", "floor", "exp", "ln", "log2", "log10", "sqrt", "sgn", "absent", "timestamp", "sort", "sort_desc", "scalar")) {
            known.put(name, new Signature(1, List.of(Type.VECTOR)));
        }
        for (var name : List.of("minute", "hour", "day_of_week", "day_of_month", "day_of_year", "month", "year")) {
            known.put(name, new Signature(0, List.of(Type.VECTOR)));
        }
        known.put("round", new Signature(1, List.of(Type.VECTOR, Type.SCALAR)));
        known.put("clamp", new Signature(3, List.of(Type.VECTOR, Type.SCALAR, Type.SCALAR)));
        known.put("clamp_min", new Signature(2, List.of(Type.VECTOR, Type.SCALAR)));
        known.put("clamp_max", new Signature(2, List.of(Type.VECTOR, Type.SCALAR)));
        known.put("vector", new Signature(1, List.of(Type.SCALAR)));
        known.put("time", new Signature(0, List.of()));
        known.put("pi", new Signature(0, List.of()));
        known.put("histogram_quantile", new Signature(2, List.of(Type.SCALAR, Type.VECTOR)));
        known.put("label_replace", new Signature(5, List.of(Type.VECTOR, Type.TEXT, Type.TEXT, Type.TEXT, Type.TEXT)));
        return Map.copyOf(known);
    }

    static void check(String name, List<Expr> args, Function<String, Refused> bad) {
        var signature = KNOWN.get(name);
        if (NATIVE.contains(name)) {
            throw Refused.invalid("UNSUPPORTED_QUERY", "%s() is of native histograms, and none are kept here.".formatted(name), "For classic ones there is histogram_quantile().");
        }
        if (signature == null) {
            throw Refused.invalid("UNSUPPORTED_QUERY", "The function %s() is not known here.".formatted(name), "Known: " + String.join(", ", new java.util.TreeSet<>(KNOWN.keySet())) + ".");
        }
        if (args.size() < signature.least() || args.size() > signature.types().size()) {
            throw bad.apply("%s() takes %d arguments".formatted(name, signature.least()));
        }
        for (int i = 0; i < args.size(); i++) {
            if (args.get(i).type() != signature.types().get(i)) {
                throw bad.apply("argument %d of %s() is of the wrong kind".formatted(i + 1, name));
            }
        }
    }
}
