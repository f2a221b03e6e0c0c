package org.reservoir.monitoring.kinds;

import java.util.List;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeKind;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;

/**
 * Measures nothing and tells what everybody can foretell: a count that goes up by one, and a triangle between 0 and 100. To
 * see whether and how measurements arrive, and what their way costs.
 */
public final class TestSignal implements Probe {
    private static final int MOST = 64;
    private static final Schema SIX = schema(6);
    private static final int HEIGHT = 100;

    private final Schema schema;
    private long count;

    private TestSignal(int attributes) {
        schema = attributes == SIX.size() ? SIX : schema(attributes);
    }

    public static ProbeKind kind() {
        return new MadeOf("test.signal", "a count and a triangle, to try the way of measurements", List.of(MadeOf.usually("attributes", "2 to 64", "6")),
                given -> new TestSignal(attributes(given.get("attributes"))));
    }

    private static int attributes(String text) {
        if (!text.matches("[0-9]{1,2}") || Integer.parseInt(text) < 2 || Integer.parseInt(text) > MOST) {
            throw Refused.invalid("BAD_PROBE", "A test signal has no %s attributes.".formatted(text.length() <= 20 ? text : "such"), "Give 2 to %d.".formatted(MOST));
        }
        return Integer.parseInt(text);
    }

    private static Schema schema(int attributes) {
        var schemas = Schemas.of("test_signal." + attributes, "").and(ValueType.LONG, "", "test.count");
        for (int i = 1; i < attributes; i++) {
            schemas.and("", "test.triangle." + i);
        }
        return schemas.optional();
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public void measure(Row row) {
        count++;
        row.set(0, count);
        for (int i = 1; i < schema.size(); i++) {
            long phase = (count + i) % (2 * HEIGHT);
            row.set(i, (double) Math.min(phase, 2 * HEIGHT - phase));
        }
    }
}
