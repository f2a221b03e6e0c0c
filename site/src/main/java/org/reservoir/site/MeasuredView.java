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
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
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

    private static Map<String, String> words(Labels labels) {
        var words = new HashMap<String, String>();
        labels.service().ifPresent(service -> words.put("service", service.toString()));
        labels.component().ifPresent(component -> words.put("component", component));
        labels.host().ifPresent(host -> words.put("host", host.toString()));
        return words;
    }

    @Override
    public Figures window(String subject, String metric, Duration length) {
        Instant now = clock.instant();
        var window = measurements.window(subject(subject), metric, length, now);
        return new Figures(window.from(), window.to(), window.count(), window.coverage(), window.mean(), window.min(), window.max(), window.last(), window.rate());
    }

    /** @throws Refused {@code BAD_SUBJECT} */
    static Subject subject(String text) {
        return switch (text.replaceFirst("-.*", "")) {
            case "vee" -> Subject.of(VeeId.parse(text));
            case "host" -> Subject.of(HostId.parse(text));
            case "service" -> Subject.of(ServiceId.parse(text));
            case "site" -> new Subject.OfSite();
            default -> throw Refused.invalid("BAD_SUBJECT", "'%s' is nothing that is measured.".formatted(text), "Write vee-7, host-2, service-1 or site.");
        };
    }
}
