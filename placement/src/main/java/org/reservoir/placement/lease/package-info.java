/**
 * Lease planning: which VEEs run when and where, now and in the future (RESERVOIR's advance reservation, after Haizea).
 *
 * <p>A lease ({@link org.reservoir.placement.lease.LeaseRequest}) asks for some nodes, all at once, for some time: at an exact time, when there is room, now, or before
 * a deadline. Hosts' capacity over time is kept in sorted arrays of whole seconds; leases that are in the way are suspended and resumed, with the time that takes.
 * Like all of placement it is pure: no clock, no I/O of its own, no thread, and the same input gives the same schedule.
 *
 * <p><b>How real VEEs follow it.</b> {@link org.reservoir.placement.lease.LeaseBook} is the whole state as a value, {@code step(book, event, now) -> (book', actions)} its only
 * verb. The VEEM keeps the book (its records are plain data) with its other tables; when a lease is asked for or cancelled, a VEE ends, a host is lost or comes back,
 * or {@link org.reservoir.placement.lease.LeaseBook#due} has come, it steps the book and, in the same transaction, writes the new one and the actions as work: boot,
 * suspend, move an image, resume, shut down, stop or discard VEE (lease, node) on host h at time t. Actions of one step are to be begun in their order; each is
 * idempotent. Nothing comes back from an action but such events. {@link org.reservoir.placement.lease.Calendar} is what first placement reads: what of a host is free,
 * and until when.
 *
 * <p>Read first: {@link org.reservoir.placement.lease.LeaseRequest} (what can be asked for), {@link org.reservoir.placement.lease.Simulation} (a workload to its end),
 * {@link org.reservoir.placement.lease.ScheduleChecker} (what must hold), {@link org.reservoir.placement.lease.LeaseBook} (for real).
 */
package org.reservoir.placement.lease;
