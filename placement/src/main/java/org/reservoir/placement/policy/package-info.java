/**
 * What is better, as data: an {@link org.reservoir.placement.policy.Objective} is tiers of weighted
 * {@link org.reservoir.placement.policy.Goal}s, given anew with each decision. A goal is turned into
 * {@link org.reservoir.placement.policy.Terms}, numbers that every solver reads alike: the search as deltas, the linear back
 * ends as coefficients. Whoever wants another goal writes a record with one method.
 *
 * <p>Read first: {@link org.reservoir.placement.policy.Objective}, {@link org.reservoir.placement.policy.PowerSaving},
 * {@link org.reservoir.placement.policy.Terms}.
 */
package org.reservoir.placement.policy;
