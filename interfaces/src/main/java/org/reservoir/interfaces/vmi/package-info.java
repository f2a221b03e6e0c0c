/**
 * VMI, the VEE management interface: VEEs, images, networks, templates, hosts. Contracts only.
 * Implemented by {@code veem}; called by the Service Manager, the gateways and, later, peer sites.
 * Read first: {@link org.reservoir.interfaces.vmi.Vmi}, {@link org.reservoir.interfaces.vmi.VeeSpec},
 * {@link org.reservoir.interfaces.vmi.VeeAction}.
 */
package org.reservoir.interfaces.vmi;
