package org.reservoir.monitoring.plane;

import org.reservoir.monitoring.probe.SourceId;

/** Port: remembers who ordered what of which source, and what became of it. Lists are not told. Called after the order, by the thread that ordered. */
@FunctionalInterface
public interface Audit {
    void ordered(String by, SourceId source, Order order, Answer answer);
}
