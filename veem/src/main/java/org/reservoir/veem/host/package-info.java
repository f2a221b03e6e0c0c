/**
 * Hosts: adds and removes them, looks after them, brings what runs on them and what ought to run together again, fences those that are lost, lets them sleep and wakes them.
 * Called by reviews of the placement; calls {@code work} and what is below.
 * Read first: {@link org.reservoir.veem.host.HostDesk}, {@link org.reservoir.veem.host.Keeper}, {@link org.reservoir.veem.host.Reconciliation}.
 */
package org.reservoir.veem.host;
