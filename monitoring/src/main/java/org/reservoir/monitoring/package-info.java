/**
 * MON, RESERVOIR's monitoring: what hosts, VEEs and services measure, gathered into windows that rules, SLAs and people
 * read. Called by the VEEM's and the Service Manager's loops, by accounting for metered use and by the gateways; it may
 * call the kernel alone, and asks whoever owns hosts and VEEs through small ports ({@link org.reservoir.monitoring.kinds.HostSource},
 * {@link org.reservoir.monitoring.Whereabouts}, {@link org.reservoir.monitoring.GuestDesk}). "No data" is never read as "no load":
 * every window says how much of it is covered.
 * Read first: {@link org.reservoir.monitoring.Measurements}, {@link org.reservoir.monitoring.Window},
 * {@link org.reservoir.monitoring.kinds.HostWatch}.
 */
package org.reservoir.monitoring;
