package org.reservoir.placement.plan;

import java.util.List;
import java.util.Map;
import org.reservoir.placement.Move;
import org.reservoir.placement.Plan;
import org.reservoir.placement.Violation;
import org.reservoir.placement.search.Solution;

/** What a review came to. */
public sealed interface Review {
    /** Nothing is to be done. @param why in a sentence */
    record Keep(String why) implements Review {}

    /**
     * @param plan   safe at every moment
     * @param gains  of its moves, in their order
     * @param before points of each goal as it is
     * @param after  points when the plan is done
     * @param left   what is broken now and stays so
     */
    record Change(Solution solution, Plan plan, List<Gain> gains, Map<String, Double> before, Map<String, Double> after, List<Violation> left) implements Review {
        public Change {
            gains = List.copyOf(gains);
            left = List.copyOf(left);
        }
    }

    /**
     * @param points of the objective that the move brings. Moves that leave the same host share what its emptying brings; one that costs more than it brings is
     *               there for another's sake, or because something must be mended
     */
    record Gain(Move move, double points) {}
}
