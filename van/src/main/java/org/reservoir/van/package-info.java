/**
 * VAN: virtual application networks. What follows from the description of a network: address ranges, names, tunnels between
 * hosts. Pure; the hosts' drivers carry it out.
 * Called by {@code veem}; calls the interfaces alone.
 * Read first: {@link org.reservoir.van.NetworkPlan}, {@link org.reservoir.van.Range}, {@link org.reservoir.van.Subnet}.
 */
package org.reservoir.van;
