package org.reservoir.monitoring;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes the newest values in the Prometheus text exposition format 0.0.4, for {@code /metrics}. Reservoir's own
 * measurements become a metric each ({@code vee.cpu.percent} → {@code reservoir_vee_cpu_percent}); KPIs, whose names are
 * the guests' own, become {@code reservoir_kpi} with the name as a label, so that two names can never fall together.
 * A series that is silent is left out rather than repeated.
 */
public final class Exposition {
    private Exposition() {}

    /** @param silence series of which nothing was heard for this long are left out */
    public static String of(Measurements measurements, Instant now, Duration silence) {
        var metrics = new TreeMap<String, ArrayList<String>>();
        measurements.latest(now.minus(silence), latest -> metrics
                .computeIfAbsent(metric(latest.key().name()), _ -> new ArrayList<>())
                .add("{" + text(labels(latest)) + "} " + number(latest.value())));
        var text = new StringBuilder(1024);
        metrics.forEach((metric, lines) -> {
            text.append("# TYPE ").append(metric).append(" gauge\n");
            lines.sort(null);
            lines.forEach(line -> text.append(metric).append(line).append('\n'));
        });
        ownFigures(measurements, text);
        return text.toString();
    }

    private static void ownFigures(Measurements measurements, StringBuilder text) {
        text.append("# TYPE reservoir_monitoring_series gauge\nreservoir_monitoring_series ").append(measurements.seriesCount()).append('\n');
        text.append("# TYPE reservoir_monitoring_samples_total counter\nreservoir_monitoring_samples_total ").append(measurements.takenCount()).append('\n');
        text.append("# TYPE reservoir_monitoring_refused_total counter\n");
        measurements.refusals().forEach((reason, count) -> text.append("reservoir_monitoring_refused_total{reason=\"")
                .append(reason.name().toLowerCase(java.util.Locale.ROOT)).append("\"} ").append(count).append('\n'));
    }

    /** The metric that a series' values belong to. */
    public static String metric(String name) {
        return SeriesKey.isReserved(name) ? "reservoir_" + name.replaceAll("[^A-Za-z0-9_]", "_") : "reservoir_kpi";
    }

    /** What tells a value from its like, in the order in which it is written. */
    public static Map<String, String> labels(Measurements.Latest latest) {
        var labels = new LinkedHashMap<String, String>();
        switch (latest.key().subject()) {
            case Subject.OfVee(var vee) -> labels.put("vee", vee.toString());
            case Subject.OfHost(var host) -> labels.put("host", host.toString());
            case Subject.OfService(var service) -> labels.put("service", service.toString());
            case Subject.OfSite() -> { }
        }
        latest.labels().service().ifPresent(service -> labels.put("service", service.toString()));
        latest.labels().component().ifPresent(component -> labels.put("component", component));
        latest.labels().host().ifPresent(host -> labels.put("host", host.toString()));
        if (!SeriesKey.isReserved(latest.key().name())) {
            labels.put("kpi", latest.key().name());
        }
        return labels;
    }

    private static String text(Map<String, String> labels) {
        return labels.entrySet().stream().map(label -> label.getKey() + "=\""
                + label.getValue().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"').collect(Collectors.joining(","));
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : Double.toString(value);
    }
}
