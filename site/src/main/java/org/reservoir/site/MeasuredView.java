package org.reservoir.site;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.reservoir.gateways.MeasurementsView;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.Onlookers;
import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.Subject;

/** Shows what was measured to the gateways. */
final class MeasuredView implements MeasurementsView {
    private static final Duration FRESH = Duration.ofMinutes(5);
    private static final Comparator<Measurements.Latest> BY_SERIES = Comparator.comparing((Measurements.Latest latest) -> latest.key().subject(), Subject.ORDER).thenComparing(latest -> latest.key().name());

    private final Measurements measurements;
    private final Onlookers onlookers;
    private final InstantSource clock;

    MeasuredView(Measurements measurements, Onlookers onlookers, InstantSource clock) {
        this.measurements = measurements;
        this.onlookers = onlookers;
        this.clock = clock;
    }

    @Override
    public List<Reading> latest(Optional<String> subject, Optional<String> metric, int limit) {
        var fitting = new ArrayList<Measurements.Latest>();
        measurements.latest(clock.instant().minus(FRESH), latest -> {
            var key = latest.key();
            if (subject.filter(wanted -> !wanted.equals(key.subject().toString())).isEmpty() && metric.filter(wanted -> !wanted.equals(key.name())).isEmpty()) {
                fitting.add(latest);
            }
        });
        return fitting.stream().sorted(BY_SERIES).limit(limit).map(MeasuredView::reading).toList();
    }

    private static Reading reading(Measurements.Latest latest) {
        return new Reading(latest.key().subject().toString(), latest.key().name(), latest.value(), latest.at(), words(latest.labels()));
    }

    @Override
    public Following follow(Wanted wanted) {
        var interest = new Interest(wanted.service().map(ServiceId::parse), wanted.prefix().orElse(""), wanted.type(), Optional.empty(), wanted.metric().map(Set::of).orElse(Set.of()), wanted.atMostEvery());
        var look = onlookers.look(new Onlookers.Wanted(interest, wanted.subject().map(Subject::parse), wanted.probe()));
        return new Following() {
            @Override
            public Told next(Duration patience) throws InterruptedException {
                var seen = look.next(patience);
                return new Told(seen.values().stream().map(MeasuredView::reading).toList(), seen.missed(), seen.ended());
            }

            @Override
            public void close() {
                look.close();
            }
        };
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
