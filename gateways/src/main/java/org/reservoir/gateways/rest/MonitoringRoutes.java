package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.get;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.reservoir.gateways.MeasurementsView;
import org.reservoir.gateways.MeasurementsView.Figures;
import org.reservoir.gateways.MeasurementsView.Reading;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.kernel.Refused;

/** Measurements over REST: administrators read all, others what is measured of what they may see. */
final class MonitoringRoutes {
    private static final String MEASUREMENTS = "/api/monitoring/v1/measurements";

    private final MeasurementsView measurements;
    private final Subjects subjects;

    MonitoringRoutes(MeasurementsView measurements, Subjects subjects) {
        this.measurements = measurements;
        this.subjects = subjects;
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
        return Answer.of(new Page<>(measurements.latest(subjects.asked(x), x.query("metric"), x.page().limit()), Optional.empty()));
    }

    private Answer window(Exchange x) {
        var subject = subjects.visible(x, required(x, "subject"));
        var length = x.duration("length", Duration.ofMinutes(5));
        if (length.isNegative() || length.isZero()) {
            throw Refused.invalid("BAD_PARAMETER", "length=%s looks nowhere.".formatted(length), "Give a positive time.");
        }
        return Answer.of(measurements.window(subject, required(x, "metric"), length));
    }

    private static String required(Exchange x, String name) {
        return x.query(name).orElseThrow(() -> Refused.invalid("MISSING_PARAMETER", "The query parameter '%s' is needed.".formatted(name), ""));
    }
}
