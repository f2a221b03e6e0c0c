package org.reservoir.monitoring;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.ValueType;

/** Makes a stream of each KPI of each guest, for those who pass measurements on to others. Safe for several threads. */
public final class KpiStreams implements KpiListener {
    private static final Duration PERIOD = Duration.ofMinutes(1);
    /** Guests report when they like. */
    private static final Duration SILENCE = Duration.ofDays(1);
    private static final int MOST = 200_000;

    private record Kpi(VeeId vee, String name) {}

    private record Told(StreamInfo stream, Row row, long[] sequence) {}

    private final SourceId source;
    private final Whereabouts whereabouts;
    private final Listener listener;
    private final Map<Kpi, Told> kpis = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();

    /** @param source whose streams they are */
    public KpiStreams(SourceId source, Whereabouts whereabouts, Listener listener) {
        this.source = source;
        this.whereabouts = whereabouts;
        this.listener = listener;
    }

    @Override
    public void reported(VeeId vee, String name, double value, Instant at) {
        var kpi = new Kpi(vee, name);
        if (kpis.size() >= MOST && !kpis.containsKey(kpi)) {
            return; // as many as the site keeps at most: it was not taken there either
        }
        var labels = whereabouts.of(vee).orElse(Labels.NONE);
        var told = kpis.compute(kpi, (_, known) -> known != null && known.stream().labels().equals(labels) ? known : told(kpi, labels, known));
        synchronized (told) { // a row for each stream, used again and again
            listener.measured(told.stream(), ++told.sequence()[0], told.row().begin(at.toEpochMilli()).set(0, value));
        }
    }

    @Override
    public void forget(VeeId vee) {
        kpis.forEach((kpi, told) -> {
            if (kpi.vee().equals(vee) && kpis.remove(kpi, told)) {
                listener.changed(told.stream(), StreamState.RETIRED, "");
            }
        });
    }

    private Told told(Kpi kpi, Labels labels, Told before) {
        var schema = Schema.of("kpi." + kpi.name(), Schema.Attribute.of(kpi.name(), ValueType.DOUBLE));
        int number = before == null ? numbers.incrementAndGet() : before.stream().number();
        var stream = new StreamInfo(source, number, kpi.vee() + "." + kpi.name(), Subject.of(kpi.vee()), labels, schema, PERIOD, SILENCE, Delivery.CONTROL);
        return new Told(stream, new Row(schema), before == null ? new long[1] : before.sequence());
    }
}
