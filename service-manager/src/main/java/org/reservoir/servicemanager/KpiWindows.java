package org.reservoir.servicemanager;

import java.time.Duration;
import java.time.Instant;

import org.reservoir.kernel.ServiceId;

/** Where elasticity rules get their figures from; the site wires it to the monitoring room. */
@FunctionalInterface
public interface KpiWindows {
    /**
     * The KPI of a service in the {@code length} before {@code now}.
     *
     * @param component whose rule asks. A KPI that replicas of this component tell is summed over them, each by its own mean; a replica
     *                  that has not yet told anything counts as nothing and does not lessen the coverage. A KPI that is told for the
     *                  whole service or by another component is taken the same way from there.
     * @return {@link Window#EMPTY} when nothing is known; never throws for a KPI that nobody tells
     */
    Window of(ServiceId service, String component, String kpi, Duration length, Instant now);
}
