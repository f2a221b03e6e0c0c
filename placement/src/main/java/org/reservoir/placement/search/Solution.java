package org.reservoir.placement.search;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.reservoir.placement.Demand;
import org.reservoir.placement.State;
import org.reservoir.placement.VeeView;

/**
 * Where VEEs shall be.
 *
 * @param solver    whose it is
 * @param places    of all that shall run
 * @param unplaced  waiting demands for which there is no place
 * @param cost      the objective as one number, to compare solutions of the same problem by
 * @param points    of each goal by its name, weights left out
 * @param moves     VEEs that end on another host than they were on
 * @param bound     no solution costs less; {@link Long#MIN_VALUE} when nothing is known
 * @param truncated whether the deadline cut the search short: with the same budget in iterations it need not come out the same again
 * @param iterations that were used
 * @param faults    of solvers that failed or lied, when several were asked
 */
public record Solution(String solver, List<VeeView> places, List<Demand> unplaced, long cost, Map<String, Double> points, int moves, long bound,
        boolean truncated, long iterations, List<String> faults) {
    public Solution {
        faults = List.copyOf(faults);
        places = List.copyOf(places);
        unplaced = List.copyOf(unplaced);
        points = Map.copyOf(points);
    }

    /** Whether it is proved that none is better. */
    public boolean optimal() {
        return bound >= cost;
    }

    /**
     * Weighs placements that another solver found.
     *
     * @param places of the VEEs of the problem; those not named have no place
     */
    public static Solution of(Problem problem, String solver, List<VeeView> places, long bound, boolean truncated) {
        var board = new Board(problem);
        var at = new int[board.vees];
        Arrays.fill(at, State.NOWHERE);
        places.forEach(vee -> at[board.state.veeIndex(vee.demand().id())] = board.state.hostIndex(vee.host()));
        board.restore(at);
        return board.solution(solver, truncated, 0).bounded(bound);
    }

    public Solution bounded(long bound) {
        return new Solution(solver, places, unplaced, cost, points, moves, bound, truncated, iterations, faults);
    }

    /** A solver has proved that none is better: but for what it had to round, thousandths of a point for each host and VEE. */
    public Solution proved() {
        return bounded(cost);
    }

    Solution faulted(List<String> faults) {
        return new Solution(solver, places, unplaced, cost, points, moves, bound, truncated, iterations, faults);
    }
}
