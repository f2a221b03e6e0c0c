package org.reservoir.placement.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.State;

/**
 * Load balance: hosts as equally full as can be. The cost is the square of each host's load, straight between tenths so that linear solvers
 * see the same, weighted by the host's size: its least is where all loads are equal. 1000 points are one average host that is full.
 *
 * @param weights of the resources in their order; those not named count nothing
 */
public record Balance(List<Double> weights) implements Goal {
    /** CPU and memory alike. */
    public static final Balance USUAL = new Balance(List.of(1.0, 1.0));
    private static final int CORNERS = 11;
    private static final double FULL = 1000;

    public Balance {
        weights = List.copyOf(weights);
        Weights.require("load balance", weights);
    }

    @Override
    public Terms terms(State state) {
        if (weights.size() > state.resources()) {
            throw Refused.invalid("BAD_GOAL", "Load balance has %d weights for %d resources.".formatted(weights.size(), state.resources()), "");
        }
        double sum = Math.max(1e-9, weights.stream().mapToDouble(w -> w).sum());
        var load = IntStream.range(0, CORNERS).mapToDouble(i -> i / (CORNERS - 1.0)).toArray();
        var curves = new ArrayList<Curve>();
        for (int r = 0; r < weights.size(); r++) {
            int resource = r;
            double mean = IntStream.range(0, state.hosts()).mapToLong(h -> state.promised(h, resource)).average().orElse(1);
            double share = FULL * weights.get(r) / sum;
            if (share > 0 && mean > 0) {
                var weight = IntStream.range(0, state.hosts()).mapToDouble(h -> state.promised(h, resource) / mean).toArray();
                curves.add(new Curve(r, weight, load, IntStream.range(0, CORNERS).mapToDouble(i -> share * load[i] * load[i]).toArray()));
            }
        }
        return Terms.ofHosts(new double[0], new double[0], curves);
    }

    @Override
    public String name() {
        return "imbalance";
    }
}
