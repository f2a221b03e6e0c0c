package org.reservoir.monitoring;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.TreeMap;

/**
 * Writes the newest values in the Prometheus text exposition format 0.0.4, for {@code /metrics}. Names and labels
 * are those of {@link Tags}. A series that is silent is left out rather than repeated.
 */
public final class Exposition {
    private Exposition() {}

    /** @param silence series of which nothing was heard for this long are left out */
    public static String of(Measurements measurements, Instant now, Duration silence) {
        var metrics = new TreeMap<String, ArrayList<String>>();
        measurements.latest(now.minus(silence), latest -> metrics
                .computeIfAbsent(Tags.metric(latest.key().name()), _ -> new ArrayList<>())
                .add("{" + labels(latest) + "} " + number(latest.value())));
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

    private static String labels(Measurements.Latest latest) {
        var labels = new StringBuilder(80);
        Tags.of(latest.key(), latest.labels()).forEach((name, value) -> {
            if (!name.equals(Tags.NAME)) {
                label(labels, name, value);
            }
        });
        return labels.toString();
    }

    private static void label(StringBuilder labels, String name, String value) {
        labels.append(labels.isEmpty() ? "" : ",").append(name).append("=\"")
                .append(value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")).append('"');
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : Double.toString(value);
    }
}
