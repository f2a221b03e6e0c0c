package org.reservoir.site;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.gateways.MeasurementsView;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Subject;

/** Shows what was measured to the gateways. */
final class MeasuredView implements MeasurementsView {
    private static final Duration FRESH = Duration.ofMinutes(5);

    private final Measurements measurements;
    private final InstantSource clock;

    MeasuredView(Measurements measurements, InstantSource clock) {
        this.measurements = measurements;
        this.clock = clock;
    }

    @Override
    public List<Reading> latest(Optional<String> subject, Optional<String> metric, int limit) {
        var readings = new ArrayList<Reading>();
        measurements.latest(clock.instant().minus(FRESH), latest -> {
            var key = latest.key();
            if (readings.size() < limit && subject.filter(wanted -> !wanted.equals(key.subject().toString())).isEmpty() && metric.filter(wanted -> !wanted.equals(key.name())).isEmpty()) {
                readings.add(new Reading(key.subject().toString(), key.name(), latest.value(), latest.at(), words(latest.labels())));
            }
        });
        return readings;
    }

    static Map<String, String> words(Labels labels) {
        var words = new HashMap<String, String>();
        labels.service().ifPresent(service -> words.put("service", service.toString()));
        labels.component().ifPresent(component -> words.put("component", component));
        labels.host().ifPresent(host -> words.put("host", host.toString()));
        return words;
    }

    @Override
    public Figures window(String subject, String metric, Duration length) {
        Instant now = clock.instant();
        var window = measurements.window(Subject.parse(subject), metric, length, now);
        return new Figures(window.from(), window.to(), window.count(), window.coverage(), window.mean(), window.min(), window.max(), window.last(), window.rate());
    }
}
