package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.get;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.reservoir.gateways.MeasurementsView;
import org.reservoir.gateways.MeasurementsView.Figures;
import org.reservoir.gateways.MeasurementsView.Reading;
import org.reservoir.gateways.Ports;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.kernel.Refused;

/** Measurements over REST: administrators read all, others what is measured of what they may see. */
final class MonitoringRoutes {
    private static final String MEASUREMENTS = "/api/monitoring/v1/measurements";

    private final MeasurementsView measurements;
    private final Ports ports;
    private final Names names;

    MonitoringRoutes(MeasurementsView measurements, Ports ports, Names names) {
        this.measurements = measurements;
        this.ports = ports;
        this.names = names;
    }

    List<Route> routes() {
        return List.of(
                get(MEASUREMENTS, "measurement.list", "The newest value of each series; those who are no administrators name a subject.", this::latest)
                        .pages(Reading.class).query("subject", "vee-7, host-2 or service-1; 'vee/NAME', 'host/NAME', 'service/NAME'.").query("metric", "The metric's name."),
                get(MEASUREMENTS + "/window", "measurement.window", "What the values of one series in the time up to now come to.", this::window)
                        .query("subject", "As with measurement.list.").query("metric", "The metric's name.")
                        .query("length", "How far back, ISO 8601; PT5M when left out.").answers(Figures.class));
    }

    private Answer latest(Exchange x) {
        var subject = x.query("subject").map(text -> visible(x, text));
        if (subject.isEmpty() && !x.caller().administrator()) {
            throw Refused.forbidden("ADMINISTRATORS_ONLY", "Only administrators may read all measurements.", "Name a subject, such as subject=vee-7.");
        }
        return Answer.of(new Page<>(measurements.latest(subject, x.query("metric"), x.page().limit()), Optional.empty()));
    }

    private Answer window(Exchange x) {
        var subject = visible(x, required(x, "subject"));
        var length = x.duration("length", Duration.ofMinutes(5));
        if (length.isNegative() || length.isZero()) {
            throw Refused.invalid("BAD_PARAMETER", "length=%s looks nowhere.".formatted(length), "Give a positive time.");
        }
        return Answer.of(measurements.window(subject, required(x, "metric"), length));
    }

    private static String required(Exchange x, String name) {
        return x.query(name).orElseThrow(() -> Refused.invalid("MISSING_PARAMETER", "The query parameter '%s' is needed.".formatted(name), ""));
    }

    /** The id of the subject, which the caller may see: whoever holds the thing is asked for it. */
    private String visible(Exchange x, String text) {
        var slash = text.indexOf('/');
        var sort = text.substring(0, Math.max(0, slash < 0 ? text.indexOf('-') : slash));
        var name = slash < 0 ? text : text.substring(slash + 1);
        return switch (sort) {
            case "vee" -> ports.vmi().vees().vee(x.caller(), names.vee(x.caller(), name)).id().toString();
            case "host" -> ports.vmi().hosts().host(x.caller(), names.host(x.caller(), name)).id().toString();
            case "service" -> ports.services().map(services -> services.service(x.caller(), names.service(services, x.caller(), name)).id().toString())
                    .orElseThrow(() -> nothing(text));
            default -> throw nothing(text);
        };
    }

    private static Refused nothing(String text) {
        return Refused.invalid("BAD_SUBJECT", "'%s' is nothing that is measured.".formatted(text), "Write it like vee-7, host-2, service-1 or vee/web.");
    }
}
