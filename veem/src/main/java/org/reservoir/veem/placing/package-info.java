/**
 * The site as placement sees it, and the first place of a VEE or of a whole set.
 * Called by who needs a place for something; calls {@link org.reservoir.placement} and {@code kept}.
 * Read first: {@link org.reservoir.veem.placing.Placing}, {@link org.reservoir.veem.placing.PlacementView}.
 */
package org.reservoir.veem.placing;
