/**
 * The periodic decision as a pure function, for whoever runs it (the VEEM): {@link org.reservoir.placement.plan.Cycle#review} takes a snapshot, who waits,
 * an {@link org.reservoir.placement.plan.Order} (objective, budget of moves, what a change must gain, measured rates), a solver and its budget, and answers
 * {@link org.reservoir.placement.plan.Review.Keep} with a reason or {@link org.reservoir.placement.plan.Review.Change} with an ordered plan, the gain of each
 * move and what stays broken. It checks what it hands out, and changes nothing.
 *
 * <p>How the VEEM is to use it: build the snapshot as for a first placement (hosts that are asleep as {@code HostView.sleeping()}, hosts under maintenance by a
 * {@code Ban} of {@code EVERYONE} with its reason); call {@code review} every few minutes with {@code Budget.until(seed, System::nanoTime, deadline)}; of a
 * Change wake hosts and begin steps in their order, each no earlier than those that were to end by its beginning have ended; before each step look again
 * with {@code Placer.objections} whether its host still takes it; when a step fails or the world has changed, drop the rest and ask anew: what was done so
 * far is safe, for every moment of a plan is. The objective is read anew each time, so a changed policy is in force at the next review; clusters with policies of
 * their own are reviewed one by one, each with its hosts alone.
 */
package org.reservoir.placement.plan;
