package org.reservoir.site;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Priority;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.servicemanager.KpiWindows;
import org.reservoir.servicemanager.Window;

/** Hands rules their windows, and remembers what they asked for: a stream on which a rule acts is never slowed. */
final class WatchedKpis implements KpiWindows {
    /** A rule that has not asked for so long is no longer there. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(15);
    private static final int MOST = 100_000;

    private record Kpi(ServiceId service, String name) {}

    private final KpiWindows windows;
    private final LongSupplier nanos;
    private final Map<Kpi, Long> asked = new ConcurrentHashMap<>();

    /** @param nanos of a clock that never goes back */
    WatchedKpis(KpiWindows windows, LongSupplier nanos) {
        this.windows = windows;
        this.nanos = nanos;
    }

    @Override
    public Window of(ServiceId service, List<String> components, String kpi, Duration length, Instant now) {
        asked(service, kpi);
        return windows.of(service, components, kpi, length, now);
    }

    @Override
    public Window figure(ServiceId service, List<String> components, Expression figure, Instant now) {
        figure.series().forEach(kpi -> asked(service, kpi));
        return windows.figure(service, components, figure, now);
    }

    private void asked(ServiceId service, String kpi) {
        long at = nanos.getAsLong();
        if (asked.size() >= MOST) {
            asked.values().removeIf(last -> at - last > FORGOTTEN.toNanos());
        }
        asked.put(new Kpi(service, kpi), at);
    }

    /** Of a stream, for its source. */
    Priority priority(StreamInfo stream) {
        var service = stream.subject() instanceof Subject.OfService(var whole) ? java.util.Optional.of(whole) : stream.labels().service();
        return service.filter(id -> isAsked(id, stream)).isPresent() ? Priority.PINNED : Priority.NORMAL;
    }

    private boolean isAsked(ServiceId service, StreamInfo stream) {
        long now = nanos.getAsLong();
        return stream.schema().attributes().stream().map(attribute -> asked.get(new Kpi(service, attribute.name()))).anyMatch(last -> last != null && now - last <= FORGOTTEN.toNanos());
    }
}
