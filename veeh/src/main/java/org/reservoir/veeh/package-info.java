/**
 * VEEH: the hosts that run VEEs. {@code libvirt} drives real hypervisors through libvirt's remote protocol, {@code simulated} keeps
 * whole data centres in memory; both implement {@code org.reservoir.interfaces.vhi} and decide nothing about placement or life-cycle.
 * Called by the VEEM through VHI alone; may call {@code interfaces}, {@code libvirt-rpc} and {@code monitoring}.
 * Read first: {@link org.reservoir.interfaces.vhi.VeeHost}, {@code libvirt.LibvirtHost}, {@code simulated.SimulatedWorld}.
 */
package org.reservoir.veeh;
