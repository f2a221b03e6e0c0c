package org.reservoir.alarms;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.Comparator;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Aggregate;
import org.reservoir.monitoring.MeasuredEnvironment;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.alarm.AlarmRule;
import org.reservoir.monitoring.alarm.Reading;
import org.reservoir.monitoring.history.History;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;

/** What rules look at. */
final class Readings {
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration HOUR = Duration.ofHours(1);

    private final Measurements measurements;
    private final Optional<History> history;

    Readings(Measurements measurements, Optional<History> history) {
        this.measurements = measurements;
        this.history = history;
    }

    /** For each metric of the rules, whose it is: of all series that are still in memory. */
    Map<String, Set<Subject>> subjects(Collection<AlarmRule> rules) {
        var subjects = new HashMap<String, Set<Subject>>();
        rules.forEach(rule -> subjects.put(rule.metric(), new TreeSet<>(Comparator.comparing(Subject::toString))));
        measurements.latest(Instant.EPOCH, latest -> Optional.ofNullable(subjects.get(latest.key().name())).ifPresent(known -> known.add(latest.key().subject())));
        return subjects;
    }

    Reading of(AlarmRule rule, Subject subject, Instant now) {
        var figures = measurements.figures(subject, rule.metric(), rule.window(), now);
        if (rule.kind() == AlarmRule.Kind.ABSENT) {
            return figures.count() == 0 ? new Reading.Silent() : new Reading.Level(figures.last());
        }
        if (figures.coverage() < MeasuredEnvironment.LEAST_COVERAGE) {
            return new Reading.Unknown();
        }
        var aggregate = rule.aggregate().orElse(Aggregate.MEAN);
        var value = aggregate.compareTo(Aggregate.P50) < 0 ? figures.of(aggregate) : aggregate.of(measurements.window(subject, rule.metric(), rule.window(), now));
        if (value.isEmpty()) {
            return new Reading.Unknown();
        }
        return rule.kind() == AlarmRule.Kind.ANOMALY ? beside(rule, subject, value.getAsDouble(), now) : new Reading.Level(value.getAsDouble());
    }

    /** The mean of this hour in past weeks, and from the lowest to the highest value in them. At least two weeks, or all that are asked for. */
    private Reading beside(AlarmRule rule, Subject subject, double value, Instant now) {
        int weeks = 0;
        double mean = 0;
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int week = 1; week <= rule.weeks(); week++) {
            for (var hour : hour(new SeriesKey(subject, rule.metric()), now.minus(WEEK.multipliedBy(week)))) {
                weeks++;
                mean += hour.mean(0);
                low = Math.min(low, hour.mins()[0]);
                high = Math.max(high, hour.maxs()[0]);
            }
        }
        return weeks < Math.min(2, rule.weeks()) ? new Reading.Unknown() : new Reading.Beside(value, mean / weeks, high - low);
    }

    private List<org.reservoir.monitoring.history.Buckets> hour(SeriesKey key, Instant at) {
        try {
            long start = Math.floorDiv(at.toEpochMilli(), HOUR.toMillis()) * HOUR.toMillis();
            return history.map(kept -> kept.buckets(new Wanted.One(key), new Span(start, start + HOUR.toMillis() - 1), HOUR, 1)).orElse(List.of());
        } catch (Refused unreadable) {
            return List.of(); // then the past is not known, and nothing is said
        }
    }
}
