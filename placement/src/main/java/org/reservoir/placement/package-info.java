/**
 * The policy engine and optimiser of RESERVOIR (PE and OPT): hosts, demands and a policy give a plan.
 *
 * <p>Everything here is a pure function of a {@link org.reservoir.placement.Snapshot}: no clock, no I/O, no thread, and the
 * same input gives the same plan. The VEEM calls it, checks each move again before it is made, and asks anew when the world
 * has changed. The package calls the kernel only.
 *
 * <p>{@code policy} holds what is better, {@code search} who decides where VEEs shall be, {@code plan} the periodic review and what would help a refused demand.
 * First placement is the {@link org.reservoir.placement.Placer}'s; the {@link org.reservoir.placement.Planner} orders moves, and the
 * {@link org.reservoir.placement.Checker} and {@link org.reservoir.placement.Replay}, which share no code with them, judge.
 *
 * <p>Read first: {@link org.reservoir.placement.Snapshot} (what is known), {@link org.reservoir.placement.Constraint} (what must
 * hold), {@link org.reservoir.placement.Placer} (who decides).
 */
package org.reservoir.placement;
