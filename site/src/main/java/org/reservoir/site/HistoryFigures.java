package org.reservoir.site;

import org.reservoir.monitoring.history.History;

/** How the history is kept, in Prometheus' text format. */
final class HistoryFigures {
    private HistoryFigures() {}

    static String text(History.Health health) {
        return """
                # TYPE reservoir_history_series gauge
                reservoir_history_series %d
                # TYPE reservoir_history_rows_total counter
                reservoir_history_rows_total %d
                # TYPE reservoir_history_rows_safe_total counter
                reservoir_history_rows_safe_total %d
                # TYPE reservoir_history_rows_dropped_total counter
                reservoir_history_rows_dropped_total %d
                # TYPE reservoir_history_bytes gauge
                reservoir_history_bytes %d
                # TYPE reservoir_history_trouble gauge
                reservoir_history_trouble %d
                """.formatted(health.series(), health.taken(), health.kept(), health.dropped(), health.bytes(), health.trouble().isEmpty() ? 0 : 1);
    }
}
