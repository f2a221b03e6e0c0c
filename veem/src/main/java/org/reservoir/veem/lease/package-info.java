/**
 * Leases of the site: books them, and makes, saves and resumes their VEEs by the calendar.
 * Called by nobody in the VEEM but {@link org.reservoir.veem.Veem}; calls {@link org.reservoir.placement.lease} to plan and {@code work} to act.
 * Read first: {@link org.reservoir.veem.lease.LeaseBooks}, {@link org.reservoir.veem.lease.LeaseSteward}.
 */
package org.reservoir.veem.lease;
