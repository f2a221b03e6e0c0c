/**
 * Lattice's own data plane, so that its probes are heard here and its consumers hear ours: the XDR messages of
 * {@code mon.lattice.distribution}, with and without names, over UDP within one machine (they know no protection).
 * Read first: {@link org.reservoir.monitoring.lattice.LatticeMessage}, {@link org.reservoir.monitoring.lattice.LatticeIntake}.
 */
package org.reservoir.monitoring.lattice;
