package org.reservoir.interfaces.vhi;

import java.time.Duration;

import org.reservoir.kernel.VeeId;

/**
 * One order to a host: for which VEE, in which generation, and how long the caller waits.
 * The generation counts the VEE's life-cycle steps; a host refuses an order older than the newest it has taken.
 */
public record Order(VeeId vee, long generation, Duration patience) {}
