package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.post;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;

import org.reservoir.gateways.QueryView;
import org.reservoir.kernel.Interval;
import org.reservoir.kernel.Refused;

/**
 * Prometheus' HTTP query API, at its own paths and with its own answers, for Grafana and others that speak it; with a site's token as the
 * bearer. Administrators alone may ask, for a query may look at everything. Source: Prometheus' documentation of its HTTP API, v1.
 */
final class PromRoutes {
    private static final String API = "/api/v1";
    private static final Shape ANSWER = Shape.of(Map.class);
    private static final Shape FORM = new Shape.Raw("application/x-www-form-urlencoded");

    private final QueryView queries;

    PromRoutes(QueryView queries) {
        this.queries = queries;
    }

    List<Route> routes() {
        return List.of(
                instant(get(API + "/query", "prom.query", "A query in PromQL at one time.", x -> answer(x, this::instant))),
                instant(post(API + "/query", "prom.query.post", "The same with the parameters in a form.", x -> answer(x, this::instant))).takes(FORM),
                range(get(API + "/query_range", "prom.range", "A query in PromQL over time.", x -> answer(x, this::range))),
                range(post(API + "/query_range", "prom.range.post", "The same with the parameters in a form.", x -> answer(x, this::range))).takes(FORM),
                matching(get(API + "/series", "prom.series", "Series that match a selector.", x -> answer(x, this::series))),
                matching(post(API + "/series", "prom.series.post", "The same with the parameters in a form.", x -> answer(x, this::series))).takes(FORM),
                matching(get(API + "/labels", "prom.labels", "Names of labels.", x -> answer(x, asked -> queries.labels(asked.queries("match[]"))))),
                matching(post(API + "/labels", "prom.labels.post", "The same with the parameters in a form.", x -> answer(x, asked -> queries.labels(asked.queries("match[]"))))).takes(FORM),
                matching(get(API + "/label/{label}/values", "prom.values", "Values of a label.", x -> answer(x, asked -> queries.values(asked.path("label"), asked.queries("match[]"))))),
                get(API + "/metadata", "prom.metadata", "What metrics are.", x -> answer(x, _ -> queries.metadata())).query("limit", "How many metrics at most; not heeded.")
                        .query("limit_per_metric", "Not heeded.").query("metric", "Not heeded.").answers(ANSWER),
                get(API + "/status/buildinfo", "prom.buildinfo", "As which Prometheus it answers.", x -> answer(x, _ -> Map.of("version", "2.42.0", "application", "Reservoir"))).answers(ANSWER));
    }

    private static Route instant(Route route) {
        return route.query("query", "In PromQL.").query("time", "Seconds since 1970, or RFC 3339; now when left out.").query("timeout", "Not heeded.").query("lookback_delta", "Not heeded.")
                .query("stats", "Not heeded.").query("limit", "Not heeded.").answers(ANSWER);
    }

    private static Route range(Route route) {
        return instant(route).query("start", "First time.").query("end", "Last time.").query("step", "Seconds, or a time such as 15s.");
    }

    private static Route matching(Route route) {
        return route.query("match[]", "A selector; may be repeated.").query("start", "Not heeded.").query("end", "Not heeded.").query("limit", "Not heeded.").answers(ANSWER);
    }

    private interface Asking {
        Object of(Exchange asked);
    }

    private static Answer answer(Exchange x, Asking asking) throws IOException {
        SiteRoutes.requireAdministrator(x);
        try {
            return Answer.of(Map.of("status", "success", "data", asking.of(x.withForm())));
        } catch (Refused refused) {
            return new Answer.Json(Problem.status(refused) == 400 ? 400 : 422, Map.of("status", "error", "errorType", Problem.status(refused) == 400 ? "bad_data" : "execution",
                    "error", (refused.getMessage() + " " + refused.advice()).strip()), Map.of());
        }
    }

    private Object instant(Exchange x) {
        return queries.instant(required(x, "query"), x.query("time").map(text -> time("time", text)).orElseGet(Instant::now));
    }

    private Object range(Exchange x) {
        var from = time("start", required(x, "start"));
        var to = time("end", required(x, "end"));
        return queries.range(required(x, "query"), new Interval(from, to), step(required(x, "step")));
    }

    private Object series(Exchange x) {
        if (x.queries("match[]").isEmpty()) {
            throw Refused.invalid("MISSING_PARAMETER", "The query parameter 'match[]' is needed.", "");
        }
        return queries.series(x.queries("match[]"));
    }

    private static String required(Exchange x, String name) {
        return x.query(name).orElseThrow(() -> Refused.invalid("MISSING_PARAMETER", "The query parameter '%s' is needed.".formatted(name), ""));
    }

    private static Instant time(String name, String text) {
        try {
            return text.contains("T") ? java.time.OffsetDateTime.parse(text).toInstant() : Instant.ofEpochMilli(new BigDecimal(text).movePointRight(3).longValue());
        } catch (NumberFormatException | DateTimeParseException _) {
            throw Refused.invalid("BAD_PARAMETER", "%s=%s is no time.".formatted(name, text), "Give seconds since 1970, or 2026-11-24T14:00:00Z.");
        }
    }

    private static Duration step(String text) {
        try {
            if (text.matches("([0-9]+[hms])+")) {
                return Duration.parse("PT" + text.toUpperCase(java.util.Locale.ROOT));
            }
            return text.matches("[0-9]{1,6}d") ? Duration.ofDays(Long.parseLong(text.substring(0, text.length() - 1)))
                    : Duration.ofMillis(new BigDecimal(text).movePointRight(3).longValue());
        } catch (NumberFormatException | DateTimeParseException _) {
            throw Refused.invalid("BAD_PARAMETER", "step=%s is no length of a step.".formatted(text), "Give seconds, or a time such as 15s or 1m30s.");
        }
    }
}
