/**
 * VHI, the VEE host interface: what the VEEM may ask of anything that runs VEEs. Contracts only.
 * Implemented by {@code veeh} (libvirt, simulated), later by peer sites and public clouds; called by {@code veem} alone.
 * Read first: {@link org.reservoir.interfaces.vhi.VeeHost}, {@link org.reservoir.interfaces.vhi.Guest},
 * {@link org.reservoir.interfaces.vhi.HostFailure}.
 */
package org.reservoir.interfaces.vhi;
