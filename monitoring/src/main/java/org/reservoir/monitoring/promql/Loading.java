package org.reservoir.monitoring.promql;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Span;

/** Reads what a query's selectors need, each once and for all times for which it is asked. */
final class Loading {
    private final Span query;
    private final Map<Expr.Select, Span> wanted = new HashMap<>();

    /** A series with its labels made once. */
    record Loaded(java.util.SortedMap<String, String> labels, Points points) {}

    private Loading(Span query) {
        this.query = query;
    }

    /** @param query from its first time to its last */
    static Map<Expr.Select, List<Loaded>> of(Expr expr, Source source, Span query) {
        var loading = new Loading(query);
        loading.want(expr, query, Evaluation.LOOK_BACK);
        var loaded = new HashMap<Expr.Select, List<Loaded>>();
        loading.wanted.forEach((select, span) -> loaded.put(select,
                source.select(select.matchers(), span).stream().map(points -> new Loaded(points.series().tags(), points)).toList()));
        return loaded;
    }

    /** @param times at which it will be asked for @param back milliseconds that are looked at before each */
    private void want(Expr expr, Span times, long back) {
        switch (expr) {
            case Expr.Select select -> wanted.merge(select, before(times, select.when(), back), (one, other) -> new Span(Math.min(one.from(), other.from()), Math.max(one.to(), other.to())));
            case Expr.Range(var select, var length) -> want(select, times, Math.max(length, Evaluation.LOOK_BACK));
            case Expr.Subquery(var of, var length, _, var when) -> want(of, before(times, when, length), Evaluation.LOOK_BACK);
            case Expr.Call(_, var args) -> args.forEach(arg -> want(arg, times, Evaluation.LOOK_BACK));
            case Expr.Aggregate aggregate -> {
                aggregate.parameter().ifPresent(parameter -> want(parameter, times, Evaluation.LOOK_BACK));
                want(aggregate.of(), times, Evaluation.LOOK_BACK);
            }
            case Expr.Negate(var of) -> want(of, times, Evaluation.LOOK_BACK);
            case Expr.Binary binary -> {
                want(binary.left(), times, Evaluation.LOOK_BACK);
                want(binary.right(), times, Evaluation.LOOK_BACK);
            }
            case Expr.Num _, Expr.Str _ -> { }
        }
    }

    private Span before(Span times, Expr.When when, long back) {
        return new Span(when.of(times.from(), query) - back, when.of(times.to(), query));
    }
}
