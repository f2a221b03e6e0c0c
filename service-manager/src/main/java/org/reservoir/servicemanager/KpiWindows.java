package org.reservoir.servicemanager;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.reservoir.kernel.ServiceId;

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
}
