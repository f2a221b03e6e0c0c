package org.reservoir.placement.policy;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.expression.Value;
import org.reservoir.placement.HostView;
import org.reservoir.placement.State;

/**
 * {@link Profit} by price list: what VEEs bring and hosts cost follows from what the VEEs ask for. A thousand points are one unit of the currency an hour.
 *
 * @param cpu     what a VEE brings for each CPU by the hour, {@code gib} for each GiB of memory
 * @param penalty what is to be paid for one that waits, as a multiple of what it would bring
 * @param hostCpu what a host costs for each CPU that is used of it, {@code hostGib} for each GiB; a host's own attributes {@code cost_cpu} and {@code cost_gib} go before
 */
public record Earnings(double cpu, double gib, double penalty, double hostCpu, double hostGib) implements Goal {
    private static final double POINTS = 1000;
    private static final double GIB = 1L << 30;
    private static final Set<String> KEYS = Set.of("cpu", "gib", "penalty", "host-cpu", "host-gib");

    /** @param prices by {@code cpu}, {@code gib}, {@code penalty}, {@code host-cpu}, {@code host-gib}; what is left out is 0 @throws Refused {@code BAD_GOAL} */
    public static Earnings of(Map<String, Double> prices) {
        prices.keySet().stream().filter(key -> !KEYS.contains(key)).findFirst().ifPresent(key -> {
            throw Refused.invalid("BAD_GOAL", "There is no price of '%s'.".formatted(key), "There are cpu, gib, penalty, host-cpu and host-gib.");
        });
        prices.forEach((key, price) -> Objective.requireWeights("the price of " + key, List.of(price)));
        if (prices.getOrDefault("cpu", 0.0) == 0 && prices.getOrDefault("gib", 0.0) == 0) {
            throw Refused.invalid("BAD_GOAL", "Without a price of cpu or gib nothing brings profit.", "Give one, such as: --price cpu=0.05 --price gib=0.01");
        }
        return new Earnings(prices.getOrDefault("cpu", 0.0), prices.getOrDefault("gib", 0.0), prices.getOrDefault("penalty", 0.0), prices.getOrDefault("host-cpu", 0.0),
                prices.getOrDefault("host-gib", 0.0));
    }

    @Override
    public Terms terms(State state) {
        var offers = new HashMap<Long, Profit.Offer>();
        for (int vee = 0; vee < state.vees(); vee++) {
            double brings = POINTS * (cpu * state.asked(vee, 0) / 1000.0 + gib * (state.resources() > 1 ? state.asked(vee, 1) / GIB : 0));
            offers.put(state.demand(vee).id(), new Profit.Offer(brings, brings * penalty));
        }
        var costs = new HashMap<Long, Profit.HostCost>();
        for (int host = 0; host < state.hosts(); host++) {
            var view = state.host(host);
            costs.put(view.id(), new Profit.HostCost(POINTS * own(view, "cost_cpu", hostCpu), POINTS * own(view, "cost_gib", hostGib)));
        }
        return new Profit(offers, costs).terms(state);
    }

    private static double own(HostView host, String attribute, double usual) {
        return switch (host.attributes().get(attribute)) {
            case Value.Text(var text) when text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?") -> new BigDecimal(text).doubleValue();
            case null, default -> usual;
        };
    }

    @Override
    public String name() {
        return "loss";
    }
}
