package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.get;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.reservoir.gateways.HistoryView;
import org.reservoir.gateways.HistoryView.When;
import org.reservoir.gateways.HistoryView.Which;
import org.reservoir.kernel.Interval;
import org.reservoir.kernel.Refused;

/** What was measured over time: as samples, in steps, in groups, and as a table to take away. */
final class HistoryRoutes {
    private static final String HISTORY = "/api/monitoring/v1/history";
    private static final List<String> FIGURES = List.of("avg", "min", "max", "sum", "count", "last");
    private static final List<String> ACROSS = List.of("sum", "avg", "min", "max", "count");
    private static final List<String> FORMATS = List.of("csv", "parquet");
    private static final List<String> LABELS = List.of("service", "component", "host", "subject", "metric");

    private final HistoryView history;
    private final Subjects subjects;

    HistoryRoutes(HistoryView history, Subjects subjects) {
        this.history = history;
        this.subjects = subjects;
    }

    List<Route> routes() {
        return List.of(
                asked(get(HISTORY, "history.range", "Series over time; those who are no administrators name a subject.", x -> Answer.of(history.range(which(x), when(x)))))
                        .query("step", "Length of a step, ISO 8601, in which samples are put together; the samples themselves when left out.").query("figure", "What a step shows; avg when left out.", FIGURES)
                        .answers(new Shape.Many(HistoryView.MeasuredLine.class)),
                asked(get(HISTORY + "/groups", "history.groups", "Series put together by their labels, over time.", this::groups))
                        .query("step", "Length of a step, ISO 8601; PT1M when left out.").query("figure", "What a step shows of each series; avg when left out.", FIGURES)
                        .query("by", "Labels that tell groups apart, with commas between: service, component, host, subject, metric; none: one group.")
                        .query("across", "What is made of a group's figures; sum when left out.", ACROSS).answers(new Shape.Many(HistoryView.MeasuredLine.class)),
                asked(get(HISTORY + "/export", "history.export", "All samples as a table: time, subject, metric, labels, value.", this::export))
                        .query("format", "csv when left out.", FORMATS).answers(new Shape.Raw("application/octet-stream")),
                get(HISTORY + "/health", "history.health", "How the history is kept.", x -> SiteRoutes.forAdministrator(x, history::health)).answers(HistoryView.HistoryHealth.class));
    }

    private static Route asked(Route route) {
        return route.query("subject", "vee-7, host-2, service-1 or site; 'vee/NAME', 'host/NAME', 'service/NAME'.").query("metric", "The metric's name; all when left out.")
                .query("from", "From when on, ISO 8601; an hour ago when left out.").query("to", "Until when; now when left out.");
    }

    private Which which(Exchange x) {
        return new Which(subjects.asked(x), x.query("metric"));
    }

    private static Interval time(Exchange x) {
        var to = x.instant("to", Instant.now());
        return new Interval(x.instant("from", to.minus(Duration.ofHours(1))), to);
    }

    private static When when(Exchange x) {
        return when(x, Duration.ZERO);
    }

    private static When when(Exchange x, Duration usual) {
        var step = x.duration("step", usual);
        if (step.isNegative() || x.query("step").isPresent() && step.toMillis() < 1) {
            throw Refused.invalid("BAD_PARAMETER", "step=%s is no length of a step.".formatted(step), "Write it like PT1M.");
        }
        return new When(time(x), step, one(x, "figure", FIGURES));
    }

    private static String one(Exchange x, String name, List<String> known) {
        var given = x.query(name).orElse(known.getFirst());
        if (!known.contains(given)) {
            throw Refused.invalid("BAD_PARAMETER", "%s=%s is not known.".formatted(name, given), "Known: " + String.join(", ", known) + ".");
        }
        return given;
    }

    private Answer groups(Exchange x) {
        var by = x.query("by").filter(text -> !text.isEmpty()).map(text -> List.of(text.split(","))).orElse(List.of());
        by.stream().filter(label -> !LABELS.contains(label)).findFirst().ifPresent(label -> {
            throw Refused.invalid("BAD_PARAMETER", "by=%s is no label.".formatted(label), "Known: " + String.join(", ", LABELS) + ".");
        });
        return Answer.of(history.groups(which(x), when(x, Duration.ofMinutes(1)), by, one(x, "across", ACROSS)));
    }

    private Answer export(Exchange x) {
        var which = which(x);
        var time = time(x);
        var format = one(x, "format", FORMATS);
        return new Answer.Stream(format.equals("csv") ? "text/csv" : "application/vnd.apache.parquet", out -> history.export(which, time, format, out), () -> history.require(which));
    }
}
