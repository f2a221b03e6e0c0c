package org.reservoir.monitoring;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How Prometheus is told of a series: a metric's name and labels. Reservoir's own measurements become a metric each ({@code vee.cpu.percent} →
 * {@code reservoir_vee_cpu_percent}); KPIs, whose names are the guests' own, become {@code reservoir_kpi} with the name as the label {@code kpi},
 * so that two names can never fall together.
 */
public final class Tags {
    /** Prometheus' own word for the label that holds the metric's name. */
    public static final String NAME = "__name__";

    private Tags() {}

    public static SortedMap<String, String> of(SeriesKey key, Labels labels) {
        var tags = new TreeMap<String, String>();
        tags.put(NAME, metric(key.name()));
        labels.service().ifPresent(service -> tags.put("service", service.toString()));
        labels.component().ifPresent(component -> tags.put("component", component));
        labels.host().ifPresent(host -> tags.put("host", host.toString()));
        switch (key.subject()) {
            case Subject.OfVee(var vee) -> tags.put("vee", vee.toString());
            case Subject.OfHost(var host) -> tags.put("host", host.toString());
            case Subject.OfService(var service) -> tags.put("service", service.toString());
            case Subject.OfSite() -> { }
        }
        if (!SeriesKey.isReserved(key.name())) {
            tags.put("kpi", key.name());
        }
        return tags;
    }

    static String metric(String name) {
        return SeriesKey.isReserved(name) ? "reservoir_" + name.replaceAll("[^A-Za-z0-9_]", "_") : "reservoir_kpi";
    }
}
