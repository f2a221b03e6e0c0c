/**
 * Reviews of the placement as a whole: plans of moves and their execution, what-if questions, admission of services, hosts that may sleep.
 * Called by leases, for who may ask; calls {@code host}, {@code work}, {@code placing} and {@code kept}.
 * Read first: {@link org.reservoir.veem.review.Optimiser}, {@link org.reservoir.veem.review.Reviewer}.
 */
package org.reservoir.veem.review;
