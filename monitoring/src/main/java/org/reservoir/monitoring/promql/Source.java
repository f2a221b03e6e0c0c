package org.reservoir.monitoring.promql;

import java.util.List;

import org.reservoir.monitoring.history.Matcher;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Span;

/** Port: where samples come from. */
@FunctionalInterface
public interface Source {
    /** Series on which all matchers agree, with their samples in {@code span}; those without any may be left out. */
    List<Points> select(List<Matcher> matchers, Span span);
}
