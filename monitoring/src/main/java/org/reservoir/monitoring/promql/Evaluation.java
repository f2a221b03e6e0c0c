package org.reservoir.monitoring.promql;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Tags;
import org.reservoir.monitoring.history.Matcher;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.promql.Value.Sample;

/** Evaluates a query at one time after another. What selectors need for all times is read once, before. Not for several threads. */
final class Evaluation {
    static final long LOOK_BACK = 300_000;
    private static final long MOST_WORK = 50_000_000;

    private final Map<Expr.Select, List<Loaded>> loaded = new HashMap<>();
    private long work;

    /** A series with its labels made once. */
    private record Loaded(java.util.SortedMap<String, String> labels, Points points) {}

    Evaluation(Expr expr, Source source, Span times) {
        load(expr, source, times, LOOK_BACK);
    }

    private void load(Expr expr, Source source, Span times, long back) {
        switch (expr) {
            case Expr.Select select -> loaded.merge(select, read(select, source, times, back), (one, other) -> longer(one, other));
            case Expr.Range(var select, var length) -> load(select, source, times, Math.max(length, LOOK_BACK));
            case Expr.Call(_, var args) -> args.forEach(arg -> load(arg, source, times, LOOK_BACK));
            case Expr.Aggregate aggregate -> {
                aggregate.parameter().ifPresent(parameter -> load(parameter, source, times, LOOK_BACK));
                load(aggregate.of(), source, times, LOOK_BACK);
            }
            case Expr.Negate(var of) -> load(of, source, times, LOOK_BACK);
            case Expr.Binary binary -> {
                load(binary.left(), source, times, LOOK_BACK);
                load(binary.right(), source, times, LOOK_BACK);
            }
            case Expr.Num _, Expr.Str _ -> { }
        }
    }

    private static List<Loaded> longer(List<Loaded> one, List<Loaded> other) {
        return one.stream().mapToLong(each -> each.points().count()).sum() >= other.stream().mapToLong(each -> each.points().count()).sum() ? one : other;
    }

    private static List<Loaded> read(Expr.Select select, Source source, Span times, long back) {
        var span = new Span(times.from() - select.offset() - back, times.to() - select.offset());
        return source.select(select.matchers(), span).stream().map(points -> new Loaded(points.series().tags(), points)).toList();
    }

    /** @param at epoch milliseconds */
    Value at(Expr expr, long at) {
        return switch (expr) {
            case Expr.Num(var value) -> new Value.Scalar(value);
            case Expr.Str(var text) -> new Value.Text(text);
            case Expr.Select select -> new Value.Vector(newest(select, at).stream().map(Newest::sample).toList());
            case Expr.Range _ -> throw new IllegalStateException("a range stands for itself in functions alone");
            case Expr.Negate(var of) -> at(of, at) instanceof Value.Vector(var samples) ? new Value.Vector(samples.stream().map(sample -> sample.nameless(-sample.value())).toList())
                    : new Value.Scalar(-number(of, at));
            case Expr.Aggregate aggregate -> new Value.Vector(Aggregations.of(aggregate, aggregate.parameter().map(parameter -> at(parameter, at)).orElse(new Value.Scalar(0)),
                    vector(aggregate.of(), at)));
            case Expr.Binary binary -> Binaries.of(binary, at(binary.left(), at), at(binary.right(), at));
            case Expr.Call(var function, var args) -> called(function, args, at);
        };
    }

    private double number(Expr expr, long at) {
        return ((Value.Scalar) at(expr, at)).value();
    }

    private List<Sample> vector(Expr expr, long at) {
        return ((Value.Vector) at(expr, at)).samples();
    }

    private record Newest(Sample sample, long time) {}

    private List<Newest> newest(Expr.Select select, long at) {
        long until = at - select.offset();
        var samples = new ArrayList<Newest>();
        for (var series : loaded.get(select)) {
            spend(1);
            int place = series.points().place(until + 1) - 1;
            if (place >= 0 && series.points().times()[place] > until - LOOK_BACK) {
                samples.add(new Newest(new Sample(series.labels(), series.points().values()[place]), series.points().times()[place]));
            }
        }
        return samples;
    }

    private void spend(long more) {
        work += more;
        if (work > MOST_WORK) {
            throw new Refused(Refused.Kind.TOO_LARGE, "TOO_MANY_POINTS", "The query looks at more than %d samples.".formatted(MOST_WORK), "Ask for less time, fewer series or a longer step.");
        }
    }

    private Value called(String function, List<Expr> args, long at) {
        var range = args.stream().filter(Expr.Range.class::isInstance).map(Expr.Range.class::cast).findFirst();
        if (range.isPresent()) {
            return function.equals("absent_over_time") ? absent(range.get().select(), over("count_over_time", range.get(), 0, at).isEmpty())
                    : new Value.Vector(over(function, range.get(), args.stream().filter(arg -> arg.type() == Expr.Type.SCALAR).mapToDouble(arg -> number(arg, at)).findFirst().orElse(0), at));
        }
        return switch (function) {
            case "time" -> new Value.Scalar(at / 1000.0);
            case "pi" -> new Value.Scalar(Math.PI);
            case "vector" -> new Value.Vector(List.of(new Sample(new TreeMap<>(), number(args.getFirst(), at))));
            case "scalar" -> new Value.Scalar(vector(args.getFirst(), at).size() == 1 ? vector(args.getFirst(), at).getFirst().value() : Double.NaN);
            case "absent" -> absent(args.getFirst(), vector(args.getFirst(), at).isEmpty());
            case "timestamp" -> new Value.Vector(args.getFirst() instanceof Expr.Select select
                    ? newest(select, at).stream().map(newest -> newest.sample().nameless(newest.time() / 1000.0)).toList()
                    : vector(args.getFirst(), at).stream().map(sample -> sample.nameless(at / 1000.0)).toList());
            case "sort", "sort_desc" -> sorted(function.equals("sort"), vector(args.getFirst(), at));
            case "label_replace" -> new Value.Vector(relabelled(vector(args.getFirst(), at), args.stream().skip(1).map(arg -> ((Expr.Str) arg).value()).toList()));
            default -> each(function, args, at);
        };
    }

    private List<Sample> over(String function, Expr.Range range, double number, long at) {
        long to = at - range.select().offset();
        long from = to - range.length();
        var samples = new ArrayList<Sample>();
        for (var series : loaded.get(range.select())) {
            int begin = series.points().place(from);
            int end = series.points().place(to + 1);
            spend(1 + end - begin);
            if (end > begin) {
                var window = new RangeFunctions.Window(Arrays.copyOfRange(series.points().times(), begin, end), Arrays.copyOfRange(series.points().values(), begin, end), from, to, number);
                var labels = function.equals("last_over_time") ? series.labels() : Sample.nameless(series.labels());
                RangeFunctions.of(function, window).ifPresent(value -> samples.add(new Sample(labels, value)));
            }
        }
        return samples;
    }

    /** One sample with what the selector says of labels for certain. */
    private static Value absent(Expr of, boolean absent) {
        var labels = new TreeMap<String, String>();
        if (of instanceof Expr.Select(var matchers, _)) {
            matchers.stream().filter(matcher -> matcher.op() == Matcher.Op.EQUAL && !matcher.tag().equals(Tags.NAME)).forEach(matcher -> labels.put(matcher.tag(), matcher.value()));
        }
        return new Value.Vector(absent ? List.of(new Sample(labels, 1)) : List.of());
    }

    private static Value sorted(boolean up, List<Sample> samples) {
        var order = Comparator.comparingDouble(Sample::value);
        return new Value.Vector(samples.stream().sorted(up ? order : order.reversed()).toList());
    }

    private static List<Sample> relabelled(List<Sample> samples, List<String> texts) {
        var pattern = Pattern.compile(texts.get(3), Pattern.DOTALL);
        return samples.stream().map(sample -> {
            var matcher = pattern.matcher(sample.labels().getOrDefault(texts.get(2), ""));
            if (!matcher.matches()) {
                return sample;
            }
            var labels = new TreeMap<>(sample.labels());
            var value = matcher.replaceFirst(texts.get(1));
            if (value.isEmpty()) {
                labels.remove(texts.get(0));
            } else {
                labels.put(texts.get(0), value);
            }
            return new Sample(labels, sample.value());
        }).toList();
    }

    private Value each(String function, List<Expr> args, long at) {
        var samples = args.isEmpty() ? List.of(new Sample(new TreeMap<>(), at / 1000.0)) : vector(args.getFirst(), at);
        double a = args.size() > 1 ? number(args.get(1), at) : function.equals("round") ? 1 : 0;
        double b = args.size() > 2 ? number(args.get(2), at) : 0;
        if (function.equals("clamp") && a > b) {
            return new Value.Vector(List.of());
        }
        return new Value.Vector(samples.stream().map(sample -> sample.nameless(one(function, sample.value(), a, b))).toList());
    }

    private static double one(String function, double value, double a, double b) {
        return switch (function) {
            case "abs" -> Math.abs(value);
            case "ceil" -> Math.ceil(value);
            case "floor" -> Math.floor(value);
            case "exp" -> Math.exp(value);
            case "ln" -> Math.log(value);
            case "log2" -> Math.log(value) / Math.log(2);
            case "log10" -> Math.log10(value);
            case "sqrt" -> Math.sqrt(value);
            case "sgn" -> Math.signum(value);
            case "round" -> Math.floor(value * (1 / a) + 0.5) / (1 / a);
            case "clamp" -> Math.max(a, Math.min(b, value));
            case "clamp_min" -> Math.max(a, value);
            case "clamp_max" -> Math.min(a, value);
            default -> ofDate(function, value);
        };
    }

    private static double ofDate(String function, double seconds) {
        var date = Instant.ofEpochSecond((long) seconds).atOffset(ZoneOffset.UTC);
        return switch (function) {
            case "minute" -> date.getMinute();
            case "hour" -> date.getHour();
            case "day_of_week" -> date.getDayOfWeek() == DayOfWeek.SUNDAY ? 0 : date.getDayOfWeek().getValue();
            case "day_of_month" -> date.getDayOfMonth();
            case "day_of_year" -> date.getDayOfYear();
            case "month" -> date.getMonthValue();
            case "year" -> date.getYear();
            default -> throw new IllegalStateException("%s() is known and cannot be done".formatted(function));
        };
    }
}
