package org.reservoir.monitoring.probe;

import java.time.Duration;

import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.kernel.Refused;

/**
 * What one probe of one source sends: all that does not change from measurement to measurement, so that it is told once and
 * not with each. It is the information plane's word.
 *
 * @param number  of the stream within its source, from 1; never used twice
 * @param name    qualified, such as {@code es.tid.services.sun.vees.master.replicas.1}; at most 200 characters
 * @param period  how often it is measured
 * @param silence after how long without a measurement it cannot be well: longer than the period when only changes are sent
 */
public record StreamInfo(SourceId source, int number, String name, Subject subject, Labels labels, Schema schema, Duration period, Duration silence,
                         Delivery delivery) {
    public StreamInfo {
        if (number < 1 || name.length() > 200 || !SeriesKey.isName(name)) {
            throw Refused.invalid("BAD_STREAM", "Stream %d has no usable name.".formatted(number), "Use up to 200 letters, digits and . _ - : / @.");
        }
        if (period.toMillis() < 1 || period.compareTo(Duration.ofDays(1)) > 0) {
            throw Refused.invalid("BAD_PERIOD", "Nothing can be measured every %s.".formatted(period), "Give 1 ms to 1 day.");
        }
    }

    public StreamKey key() {
        return new StreamKey(source, number);
    }

    StreamInfo asked(ProbeSettings settings) {
        return new StreamInfo(source, number, name, subject, labels, schema, settings.period(), settings.silence(), settings.delivery());
    }

    StreamInfo labelled(Labels other) {
        return new StreamInfo(source, number, name, subject, other, schema, period, silence, delivery);
    }

    StreamInfo silentUpTo(Duration other) {
        return other.compareTo(silence) <= 0 ? this : new StreamInfo(source, number, name, subject, labels, schema, period, other, delivery);
    }
}
