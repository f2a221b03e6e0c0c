/**
 * Virtual networks and security groups, and the wires by which hosts get the ones that their guests need.
 * Called by work on VEEs; calls {@code kept}.
 * Read first: {@link org.reservoir.veem.network.NetworkDesk}, {@link org.reservoir.veem.network.Wiring}.
 */
package org.reservoir.veem.network;
