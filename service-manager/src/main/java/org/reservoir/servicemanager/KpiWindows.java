package org.reservoir.servicemanager;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.expression.Expression;

/** Where elasticity rules get their figures from; the site wires it to the monitoring room. */
@FunctionalInterface
public interface KpiWindows {
    /**
     * The KPI of a service in the {@code length} before {@code now}: of the first of {@code components} whose replicas tell it, summed over
     * them, each by its own mean; else what is told of the service as a whole.
     *
     * @param components of the service, the one whose rule asks first
     * @return {@link Window#EMPTY} when nothing is known; never throws for a KPI that nobody tells
     */
    Window of(ServiceId service, List<String> components, String kpi, Duration length, Instant now);

    /**
     * The same of a figure of KPIs: summed over the replicas of the first of {@code components} of which one has it. A replica has it or
     * has not, as the figure's own windows are measured: those that have not make {@link Window#least} 0.
     */
    default Window figure(ServiceId service, List<String> components, Expression figure, Instant now) {
        return Window.EMPTY; // who knows averages alone has none: that is no data, and nothing shrinks on it
    }
}
