package org.reservoir.monitoring.border;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.KpiListener;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.Whereabouts;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.ValueType;
import org.reservoir.monitoring.wire.KeepingOutlet;

/**
 * Tells the other servers of a site what one of them measures and hears, as one source, and takes what they tell. What a server measures
 * itself it does not take from others, since each looks at the hosts: a sum must not count it twice. Safe for several threads.
 */
public final class Sharing implements Listener, KpiListener, AutoCloseable {
    private static final Duration KPI_PERIOD = Duration.ofMinutes(1);
    private static final Duration KPI_SILENCE = Duration.ofDays(1);
    private static final int MOST_KPIS = 200_000;

    private record Kpi(VeeId vee, String name) {}

    private record Told(StreamInfo stream, Row row, long[] sequence) {}

    private final SourceId source;
    private final Border border;
    private final Whereabouts whereabouts;
    /** What this server measures or hears itself, by the stream's name. */
    private final Map<String, Integer> ours = new ConcurrentHashMap<>();
    private final Map<Kpi, Told> kpis = new ConcurrentHashMap<>();
    /** Numbers of KPI streams are those of a source that does not exist but here. */
    private final AtomicInteger numbers = new AtomicInteger();
    private final SourceId guests;

    /** @param way to the other servers, for a source that it is given */
    public Sharing(SourceId source, Function<SourceId, KeepingOutlet> way, Whereabouts whereabouts) {
        this.source = source;
        this.guests = new SourceId(~source.value());
        this.whereabouts = whereabouts;
        this.border = new Border(Passage::whole, "the other servers", source, way.apply(source), Optional.empty());
    }

    /** What others tell, on its way to {@code listener}; our own words come back too and are dropped. */
    public Listener from(Listener listener) {
        return new Others(listener);
    }

    /** Measurements told so far. */
    public long told() {
        return border.passed();
    }

    /** Says that this server lives, and again what some of the streams are; call it about every ten seconds. */
    public void turn() {
        border.tellAgain();
    }

    @Override
    public void measured(StreamInfo stream, Row row) {
        throw new IllegalStateException("who passes on needs sequence numbers");
    }

    @Override
    public void measured(StreamInfo stream, long sequence, Row row) {
        border.measured(stream, sequence, row);
    }

    @Override
    public void changed(StreamInfo stream, StreamState state, String why) {
        ours.compute(stream.name(), (_, _) -> state == StreamState.RETIRED || state == StreamState.LOST ? null : 1);
        border.changed(stream, state);
    }

    @Override
    public void reported(VeeId vee, String name, double value, Instant at) {
        var labels = whereabouts.of(vee).orElse(Labels.NONE);
        var told = kpis.compute(new Kpi(vee, name), (kpi, known) -> known != null && known.stream().labels().equals(labels) ? known
                : known == null && kpis.size() >= MOST_KPIS ? null : told(kpi, labels, known));
        if (told != null) {
            synchronized (told) {
                border.measured(told.stream(), ++told.sequence()[0], told.row().begin(at.toEpochMilli()).set(0, value));
            }
        }
    }

    @Override
    public void forget(VeeId vee) {
        kpis.forEach((kpi, told) -> {
            if (kpi.vee().equals(vee) && kpis.remove(kpi, told)) {
                border.changed(told.stream(), StreamState.RETIRED);
            }
        });
    }

    private Told told(Kpi kpi, Labels labels, Told before) {
        var schema = Schema.of("kpi." + kpi.name(), Schema.Attribute.of(kpi.name(), ValueType.DOUBLE));
        int number = before == null ? numbers.incrementAndGet() : before.stream().number();
        var stream = new StreamInfo(guests, number, kpi.vee() + "." + kpi.name(), Subject.of(kpi.vee()), labels, schema, KPI_PERIOD, KPI_SILENCE, Delivery.CONTROL);
        return new Told(stream, new Row(schema), before == null ? new long[1] : before.sequence());
    }

    @Override
    public void close() {
        border.close();
    }

    private final class Others implements Listener {
        private final Listener listener;

        Others(Listener listener) {
            this.listener = listener;
        }

        private boolean isTheirs(StreamInfo stream) {
            return !stream.source().equals(source) && !ours.containsKey(stream.name());
        }

        @Override
        public void measured(StreamInfo stream, Row row) {
            if (isTheirs(stream)) {
                listener.measured(stream, row);
            }
        }

        @Override
        public void changed(StreamInfo stream, StreamState state, String why) {
            if (isTheirs(stream)) {
                listener.changed(stream, state, why);
            }
        }
    }
}
