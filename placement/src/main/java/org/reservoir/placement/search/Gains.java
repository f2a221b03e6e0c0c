package org.reservoir.placement.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import org.reservoir.placement.Move;
import org.reservoir.placement.Plan;
import org.reservoir.placement.Step;
import org.reservoir.placement.plan.Review;

/** What each move of a plan brings: the moves are made one after the other, and those that leave one host share what that brought. */
public final class Gains {
    private Gains() {}

    public static List<Review.Gain> of(Problem problem, Plan plan) {
        var board = new Board(problem);
        var bySource = new HashMap<Long, List<Step>>();
        var brought = new HashMap<Long, Double>();
        for (var step : plan.steps().stream().sorted(Comparator.comparing(Step::end)).toList()) {
            long before = board.total();
            board.force(step.move());
            // moves without a source are on their own
            long source = step.move() instanceof Move.Migrate(_, var from, _) ? from : -1 - step.move().vee();
            bySource.computeIfAbsent(source, _ -> new ArrayList<>()).add(step);
            brought.merge(source, (before - board.total()) / board.cost().point(), Double::sum);
        }
        var gains = new HashMap<Step, Double>();
        bySource.forEach((source, steps) -> steps.forEach(step -> gains.put(step, brought.get(source) / steps.size())));
        return plan.steps().stream().map(step -> new Review.Gain(step.move(), gains.get(step))).toList();
    }
}
