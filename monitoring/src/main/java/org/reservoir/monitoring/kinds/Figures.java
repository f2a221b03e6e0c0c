package org.reservoir.monitoring.kinds;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;

/**
 * Turns figures that come by key into attributes: as they are, or counters into rates by the time that really passed. A
 * counter that fell began again from 0; what is not known is left out. For probes that ask one guest at a time.
 */
public final class Figures {
    private enum Way { LEVEL, PER_SECOND, PERCENT_OF_TIME }

    private record Figure(String key, Way way) {}

    private final Schema schema;
    private final List<Figure> figures;
    private Map<String, Long> before = Map.of();
    private long beforeNanos;

    private Figures(Schema schema, List<Figure> figures) {
        this.schema = schema;
        this.figures = figures;
    }

    public static Lines of(String type) {
        return new Lines(type);
    }

    Schema schema() {
        return schema;
    }

    /** The next counters are of another host: what they show is older. */
    void rebase() {
        before = Map.of();
    }

    void fill(Row row, Map<String, Long> now, long nanos) {
        long passed = nanos - beforeNanos;
        for (int i = 0; i < figures.size(); i++) {
            var figure = figures.get(i);
            var value = now.get(figure.key());
            var last = before.get(figure.key());
            if (value != null && figure.way() == Way.LEVEL) {
                row.set(i, (double) value);
            } else if (value != null && last != null && passed >= Rates.LEAST_NANOS) {
                long growth = Rates.growth(last, value);
                row.set(i, figure.way() == Way.PER_SECOND ? Rates.perSecond(growth, passed) : Rates.percent(growth, passed));
            }
        }
        before = now;
        beforeNanos = nanos;
    }

    /** Port: brings the figures; may wait. */
    @FunctionalInterface
    public interface Asking {
        Map<String, Long> ask() throws Exception;
    }

    /** A probe that asks for them, on a thread of its own. */
    public Probe asking(Asking asking) {
        var figures = this;
        return new Probe() {
            @Override
            public Schema schema() {
                return figures.schema();
            }

            @Override
            public boolean waits() {
                return true;
            }

            @Override
            public void measure(Row row) throws Exception {
                figures.fill(row, asking.ask(), System.nanoTime());
            }
        };
    }

    /** Lines of a schema, one figure each. */
    public static final class Lines {
        private final String type;
        private final List<Schema.Attribute> attributes = new ArrayList<>();
        private final List<Figure> figures = new ArrayList<>();

        private Lines(String type) {
            this.type = type;
        }

        public Lines level(String key, String name, String unit) {
            return line(key, Way.LEVEL, name, unit);
        }

        public Lines perSecond(String key, String name, String unit) {
            return line(key, Way.PER_SECOND, name, unit);
        }

        /** Of a counter of nanoseconds. */
        public Lines percentOfTime(String key, String name) {
            return line(key, Way.PERCENT_OF_TIME, name, "percent");
        }

        private Lines line(String key, Way way, String name, String unit) {
            figures.add(new Figure(key, way));
            attributes.add(new Schema.Attribute(name, org.reservoir.monitoring.probe.ValueType.DOUBLE, unit, true));
            return this;
        }

        public Figures end() {
            return new Figures(new Schema(type, attributes), figures);
        }
    }
}
