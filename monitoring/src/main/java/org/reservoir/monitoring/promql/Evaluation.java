package org.reservoir.monitoring.promql;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.Tags;
import org.reservoir.monitoring.history.Matcher;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.promql.Loading.Loaded;
import org.reservoir.monitoring.promql.Value.Sample;

/** Evaluates a query at one time after another. What selectors need for all times is read once, before. Not for several threads. */
final class Evaluation {
    static final long LOOK_BACK = 300_000;
    /** Of samples that were computed: their labels say what they are of. */
    private static final Series COMPUTED = new Series(new SeriesKey(Subject.site(), "computed"), Labels.NONE);
    private static final long MOST_WORK = 50_000_000;

    /** What it takes to evaluate an expression once more, in samples looked at. */
    private static final int STEP_WORK = 20;

    private final Map<Expr.Select, List<Loaded>> loaded;
    private final Span query;
    /** What subqueries came to at each of their times: those of one time of the query and the next are mostly the same. */
    private final Map<Expr.Subquery, Map<Long, List<Sample>>> within = new IdentityHashMap<>();
    private long work;

    /** @param query from its first time to its last */
    Evaluation(Expr expr, Source source, Span query) {
        this.query = query;
        loaded = Loading.of(expr, source, query);
    }

    /** @param at epoch milliseconds */
    Value at(Expr expr, long at) {
        return switch (expr) {
            case Expr.Num(var value) -> new Value.Scalar(value);
            case Expr.Str(var text) -> new Value.Text(text);
            case Expr.Select select -> new Value.Vector(newest(select, at).stream().map(Newest::sample).toList());
            case Expr.Range _, Expr.Subquery _ -> throw new IllegalStateException("a range stands for itself in functions alone");
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
        long until = select.when().of(at, query);
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
        var range = args.stream().filter(arg -> arg.type() == Expr.Type.RANGE).findFirst();
        if (range.isPresent()) {
            double number = args.stream().filter(arg -> arg.type() == Expr.Type.SCALAR).mapToDouble(arg -> number(arg, at)).findFirst().orElse(0);
            return function.equals("absent_over_time") ? absent(range.get() instanceof Expr.Range(var select, _) ? select : range.get(), over("count_over_time", range.get(), 0, at).isEmpty())
                    : new Value.Vector(over(function, range.get(), number, at));
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
            case "histogram_quantile" -> new Value.Vector(Histograms.quantiles(number(args.getFirst(), at), vector(args.get(1), at)));
            case "label_replace" -> new Value.Vector(relabelled(vector(args.getFirst(), at), args.stream().skip(1).map(arg -> ((Expr.Str) arg).value()).toList()));
            default -> each(function, args, at);
        };
    }

    private List<Sample> over(String function, Expr range, double number, long at) {
        var span = span(range, at);
        var samples = new ArrayList<Sample>();
        for (var series : series(range, span)) {
            int begin = series.points().place(span.from());
            int end = series.points().place(span.to() + 1);
            spend(1 + end - begin);
            if (end > begin) {
                var window = new RangeFunctions.Window(Arrays.copyOfRange(series.points().times(), begin, end), Arrays.copyOfRange(series.points().values(), begin, end), span.from(), span.to(), number);
                var labels = function.equals("last_over_time") ? series.labels() : Sample.nameless(series.labels());
                RangeFunctions.of(function, window).ifPresent(value -> samples.add(new Sample(labels, value)));
            }
        }
        return samples;
    }

    /** The series of a range vector, and all their samples at that time. */
    List<Loaded> range(Expr range, long at) {
        var span = span(range, at);
        return series(range, span).stream().map(series -> new Loaded(series.labels(), series.points().within(span))).filter(series -> series.points().count() > 0).toList();
    }

    private Span span(Expr range, long at) {
        return switch (range) {
            case Expr.Range(var select, var length) -> before(select.when().of(at, query), length);
            case Expr.Subquery(_, var length, _, var when) -> before(when.of(at, query), length);
            default -> throw new IllegalStateException(range + " is no range");
        };
    }

    private static Span before(long to, long length) {
        return new Span(to - length, to);
    }

    private List<Loaded> series(Expr range, Span span) {
        return range instanceof Expr.Subquery subquery ? stepped(subquery, span) : loaded.get(((Expr.Range) range).select());
    }

    private List<Loaded> stepped(Expr.Subquery subquery, Span span) {
        spend((span.to() - span.from()) / subquery.step());
        var known = within.computeIfAbsent(subquery, _ -> new HashMap<>());
        Map<SortedMap<String, String>, Points.Gathering> lines = new LinkedHashMap<>();
        for (long time = Math.ceilDiv(span.from(), subquery.step()) * subquery.step(); time <= span.to(); time += subquery.step()) {
            long at = time;
            var samples = known.get(at);
            if (samples == null) {
                spend(STEP_WORK);
                samples = vector(subquery.of(), at);
                known.put(at, samples);
            }
            samples.forEach(sample -> lines.computeIfAbsent(sample.labels(), _ -> new Points.Gathering()).add(at, sample.value()));
        }
        return lines.entrySet().stream().map(line -> new Loaded(line.getKey(), line.getValue().points(COMPUTED))).toList();
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
