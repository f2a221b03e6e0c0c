/**
 * What is measured: the kinds of probes that Reservoir brings along. A host's own figures from Linux' {@code /proc}, the
 * process that measures, VEEs as their hypervisor shows them, long-running scripts, exporters in Prometheus' text. The same
 * kinds serve a site's server and the agent on a host; a {@link org.reservoir.monitoring.probe.DataSource} says when each is
 * measured. Read first: {@link org.reservoir.monitoring.kinds.HostKinds}, {@link org.reservoir.monitoring.kinds.ProcFile}.
 */
package org.reservoir.monitoring.kinds;
