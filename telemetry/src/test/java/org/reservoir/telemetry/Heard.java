package org.reservoir.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.ValueType;

/** Notes what is heard; and streams to hear. */
public final class Heard implements Listener {
    private static final Schema SCHEMA = Schema.of("infra_vee", Schema.Attribute.of("n", ValueType.LONG), Schema.Attribute.of("x", ValueType.DOUBLE));

    private final Map<String, List<Long>> values = new TreeMap<>();

    @Override
    public synchronized void measured(StreamInfo stream, Row row) {
        values.computeIfAbsent(stream.name(), _ -> new ArrayList<>()).add(row.whole(0));
    }

    @Override
    public void changed(StreamInfo stream, StreamState state, String why) {
        // values tell enough
    }

    public synchronized List<Long> of(String name) {
        return List.copyOf(values.getOrDefault(name, List.of()));
    }

    public synchronized List<String> names() {
        return List.copyOf(values.keySet());
    }

    public static StreamInfo vee(SourceId source, int number, long service, Delivery delivery) {
        var labels = new Labels(Optional.of(new ServiceId(service)), Optional.of("web"), Optional.empty());
        return new StreamInfo(source, number, "es.tid.s%d.vees.%d".formatted(service, number), Subject.of(new VeeId(number)), labels, SCHEMA,
                Duration.ofSeconds(1), Duration.ofSeconds(1), delivery);
    }

    public static StreamInfo host(SourceId source, int number) {
        return new StreamInfo(source, number, "host." + number, Subject.of(new HostId(number)), Labels.NONE, SCHEMA, Duration.ofSeconds(1), Duration.ofSeconds(1), Delivery.CONTROL);
    }

    public static Row row(long n) {
        return new Row(SCHEMA).begin(n).set(0, n).set(1, n / 2.0);
    }

    public static void await(BooleanSupplier condition) {
        for (int i = 0; i < 6000 && !condition.getAsBoolean(); i++) {
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
        assertThat(condition.getAsBoolean()).as("it came to that within thirty seconds").isTrue();
    }

    public static List<Long> upTo(int last) {
        return java.util.stream.LongStream.rangeClosed(1, last).boxed().toList();
    }
}
