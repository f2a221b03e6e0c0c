/**
 * Google's machine reassignment problem of the ROADEF/EURO challenge 2012: a benchmark that the optimiser's search is
 * measured on, since its rules (capacity, transient use during moves, spread, dependencies, balance, move costs) are those
 * of a cloud and others' results are published. {@link org.reservoir.placement.roadef.Referee} knows the official rules to
 * the unit and shares no code with {@link org.reservoir.placement.roadef.Reassignment}, which searches.
 *
 * <p>Read first: {@link org.reservoir.placement.roadef.Instance}, {@link org.reservoir.placement.roadef.Referee},
 * {@link org.reservoir.placement.roadef.Reassignment}.
 */
package org.reservoir.placement.roadef;
