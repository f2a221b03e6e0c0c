package org.reservoir.gateways.rest;

import java.util.HashSet;
import java.util.stream.Collectors;

import org.reservoir.gateways.SiteAdmin;
import org.reservoir.gateways.SiteAdmin.Figure;
import org.reservoir.kernel.Refused;

/** The site's figures as lines of Prometheus' text format. When the database is away they are left out; the server's own are told all the same. */
final class SiteFigures {
    private SiteFigures() {}

    static String text(SiteAdmin site) {
        try {
            var text = new StringBuilder("# HELP reservoir_ready Whether requests can be answered.\n# TYPE reservoir_ready gauge\nreservoir_ready 1\n");
            var named = new HashSet<String>();
            for (var figure : site.figures()) {
                if (named.add(figure.name())) {
                    text.append("# HELP %s %s%n# TYPE %1$s gauge%n".formatted(figure.name(), figure.help()));
                }
                text.append(figure.name()).append(labels(figure)).append(' ').append(figure.value()).append('\n');
            }
            return text.toString();
        } catch (Refused _) {
            return "# HELP reservoir_ready Whether requests can be answered.\n# TYPE reservoir_ready gauge\nreservoir_ready 0\n";
        }
    }

    private static String labels(Figure figure) {
        return figure.labels().isEmpty() ? "" : figure.labels().entrySet().stream().sorted(java.util.Map.Entry.comparingByKey())
                .map(label -> "%s=\"%s\"".formatted(label.getKey(), label.getValue().replace("\\", "\\\\").replace("\"", "\\\""))).collect(Collectors.joining(",", "{", "}"));
    }
}
