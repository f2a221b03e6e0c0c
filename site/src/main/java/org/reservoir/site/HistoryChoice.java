package org.reservoir.site;

import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

import org.reservoir.history.HistoryPolicy;
import org.reservoir.history.PrometheusHistory;
import org.reservoir.history.TsFileHistory;
import org.reservoir.monitoring.history.History;

/** Who keeps what is measured. */
public sealed interface HistoryChoice {
    /** Nobody: there are the latest samples alone. */
    record None() implements HistoryChoice {}

    /** This server, in a folder of its own. */
    record Folder(Path folder, HistoryPolicy policy) implements HistoryChoice {}

    /** A store that takes Prometheus' remote write and answers PromQL, such as VictoriaMetrics. */
    record Store(URI address) implements HistoryChoice {}

    default Optional<History> open(InstantSource clock) {
        return switch (this) {
            case None _ -> Optional.empty();
            case Folder(var folder, var policy) -> Optional.of(TsFileHistory.open(folder, policy, clock));
            case Store(var address) -> Optional.of(PrometheusHistory.at(address, clock));
        };
    }
}
