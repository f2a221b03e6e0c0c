/**
 * Hosts without hypervisors. A {@link org.reservoir.veeh.simulated.SimulatedWorld} holds the machines and outlives any site that
 * connects to them, as real machines do; {@link org.reservoir.veeh.simulated.SimulatedHost} is one site's connection to one machine.
 * Disks, images, networks, snapshots and addresses are state, so a test can ask whether anything was lost, doubled or leaked
 * ({@link org.reservoir.veeh.simulated.SimulatedWorld#audit()}). Time and failures are plugged in: {@link org.reservoir.veeh.simulated.Pace},
 * {@link org.reservoir.veeh.simulated.Faults}.
 */
package org.reservoir.veeh.simulated;
