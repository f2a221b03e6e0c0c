package org.reservoir.monitoring.probe;

import java.time.Duration;

import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;

/** A source that tests turn by hand, and one that hears what it sends. */
abstract class TurnedSource {
    static final Schema LOAD = Schema.of("load", Schema.Attribute.of("load", ValueType.DOUBLE), Schema.Attribute.of("jobs", ValueType.LONG));
    static final Duration SECOND = Duration.ofSeconds(1);
    static final Duration MINUTE = Duration.ofMinutes(1);

    final DataSource source = new DataSource(new SourceId(1), 0);
    final Heard heard = new Heard();
    long now;

    /** Shows the values it is given, one after the other, then the last again and again. */
    static class Scripted implements Probe {
        private final double[] values;
        int measured;

        Scripted(double... values) {
            this.values = values;
        }

        @Override
        public Schema schema() {
            return LOAD;
        }

        @Override
        public void measure(Row row) {
            row.set(0, values[Math.min(measured++, values.length - 1)]).set(1, measured);
        }
    }

    int add(Probe probe, ProbeSettings settings) {
        return source.add("a.b.c", Subject.of(new VeeId(1)), Labels.of(new ServiceId(1), "web"), probe, settings).number();
    }

    void pass(long millis) {
        for (long until = now + millis; now < until; ) {
            now += 10;
            source.turn(now, 1_000_000 + now);
        }
    }
}
