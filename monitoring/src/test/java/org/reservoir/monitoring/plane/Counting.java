package org.reservoir.monitoring.plane;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeKind;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;

/** Makes probes that count their measurements, in steps of their parameter. */
public final class Counting implements ProbeKind {
    public static final Schema SCHEMA = Schema.of("count", Schema.Attribute.of("n", ValueType.LONG), Schema.Attribute.of("x", ValueType.DOUBLE));
    private final String name;

    public Counting(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String purpose() {
        return "Counts its own measurements.";
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(new Parameter("start", "where it begins", Optional.empty()), new Parameter("step", "how far it goes", Optional.of("1")));
    }

    @Override
    public Probe make(Map<String, String> parameters) {
        if (!parameters.values().stream().allMatch(text -> text.matches("[0-9]{1,9}"))) {
            throw Refused.invalid("BAD_PROBE", "It counts from a number in numbers.", "");
        }
        return new Probe() {
            private long n = Long.parseLong(parameters.get("start"));

            @Override
            public Schema schema() {
                return SCHEMA;
            }

            @Override
            public void measure(Row row) {
                n += Long.parseLong(parameters.get("step"));
                row.set(0, n).set(1, n / 2.0);
            }
        };
    }
}
