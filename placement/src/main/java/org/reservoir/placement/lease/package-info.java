/**
 * Lease planning: which VEEs run when and where, now and in the future (RESERVOIR's advance reservation, after Haizea).
 *
 * <p>A lease ({@link org.reservoir.placement.lease.LeaseRequest}) asks for some nodes, all at once, for some time: at an exact time, when there is room, now, or before
 * a deadline. Hosts' capacity over time is kept in sorted arrays of whole seconds; leases that are in the way are suspended and resumed, with the time that takes.
 * Like all of placement it is pure: no clock, no I/O of its own, no thread, and the same input gives the same schedule.
 *
 * <p>Read first: {@link org.reservoir.placement.lease.LeaseRequest} (what can be asked for), {@link org.reservoir.placement.lease.Simulation} (a workload to its end),
 * {@link org.reservoir.placement.lease.ScheduleChecker} (what must hold).
 */
package org.reservoir.placement.lease;
