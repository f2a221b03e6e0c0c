/**
 * Work on VEEs: takes what is asked for, claims what waits to be done, has hosts do it, and writes down what came of it, also when it went wrong or was left undone.
 * Called by whoever wants something of VEEs; calls {@code placing}, {@code image}, {@code network} and {@code kept}.
 * Read first: {@link org.reservoir.veem.work.VeeDesk}, {@link org.reservoir.veem.work.Engine}, {@link org.reservoir.veem.work.Performer}.
 */
package org.reservoir.veem.work;
