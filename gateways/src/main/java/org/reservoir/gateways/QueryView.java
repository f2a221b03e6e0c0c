package org.reservoir.gateways;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.reservoir.kernel.Interval;

/** Queries in PromQL. All throw {@link org.reservoir.kernel.Refused} for queries that cannot be answered. */
public interface QueryView {
    /** As Prometheus' HTTP API has it in {@code data}: {@code resultType} and {@code result}. */
    Map<String, Object> instant(String query, Instant at);

    Map<String, Object> range(String query, Interval time, Duration step);

    /** @param selectors such as {@code reservoir_kpi{vee="vee-7"}}; of any one of them */
    List<Map<String, String>> series(List<String> selectors);

    /** @param selectors none: of all series */
    List<String> labels(List<String> selectors);

    List<String> values(String label, List<String> selectors);

    /** By metric: a list of {@code type}, {@code help}, {@code unit}. */
    Map<String, Object> metadata();
}
