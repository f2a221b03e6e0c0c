/**
 * What the VEEM knows: records of VEEs, hosts, images, networks, leases and policies, the tables of the site database that keep them, and the life-cycle that says which
 * state may follow which. Called by all of the VEEM; calls nothing of it.
 * Read first: {@link org.reservoir.veem.kept.VeeRecord}, {@link org.reservoir.veem.kept.Lifecycle}, {@link org.reservoir.veem.kept.VeeTable}.
 */
package org.reservoir.veem.kept;
