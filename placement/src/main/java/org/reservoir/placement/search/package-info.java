/**
 * Who decides where VEEs shall be: {@link org.reservoir.placement.search.Solver}s, each from a
 * {@link org.reservoir.placement.search.Problem} (what is, who waits, what is better) to a
 * {@link org.reservoir.placement.search.Solution}. {@link org.reservoir.placement.search.LocalSearch} is ours;
 * {@link org.reservoir.placement.search.Portfolio} runs several and lets no solution out that the
 * {@link org.reservoir.placement.Checker} objects to. The same seed and budget in iterations give the same solution.
 *
 * <p>Read first: {@link org.reservoir.placement.search.Problem}, {@link org.reservoir.placement.search.Solver},
 * {@link org.reservoir.placement.search.Board} (on which all of our searches play).
 */
package org.reservoir.placement.search;
