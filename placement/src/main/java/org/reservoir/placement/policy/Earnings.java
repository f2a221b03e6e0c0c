package org.reservoir.placement.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.reservoir.kernel.Refused;
import org.reservoir.placement.Demand;
import org.reservoir.placement.State;

/**
 * {@link Profit} by price list: what VEEs bring and hosts cost follows from what the VEEs ask for. A thousand points are one unit of the currency an hour.
 *
 * @param cpu     what a VEE brings for each CPU by the hour, {@code gib} for each GiB of memory
 * @param penalty what is to be paid for one that waits, as a multiple of what it would bring
 * @param classes the same for VEEs of an SLA class, which is a group of theirs ({@link #CLASS} and its name), by the name
 * @param hostCpu what a host costs for each CPU that is used of it, {@code hostGib} for each GiB; a host's own attributes {@code cost_cpu} and {@code cost_gib} go before
 */
public record Earnings(double cpu, double gib, double penalty, Map<String, Double> classes, double hostCpu, double hostGib) implements Goal {
    /** Before the name of a class in the name of the group of its VEEs. */
    public static final String CLASS = "sla ";
    private static final String OF_CLASS = "penalty-";
    private static final double POINTS = 1000;
    private static final double GIB = 1L << 30;
    private static final Set<String> KEYS = Set.of("cpu", "gib", "penalty", "host-cpu", "host-gib");

    public Earnings {
        classes = Map.copyOf(classes);
    }

    /** @param prices by {@code cpu}, {@code gib}, {@code penalty}, {@code penalty-CLASS}, {@code host-cpu}, {@code host-gib}; what is left out is 0 @throws Refused {@code BAD_GOAL} */
    public static Earnings of(Map<String, Double> prices) {
        prices.keySet().stream().filter(key -> !KEYS.contains(key) && !key.matches(OF_CLASS + "[A-Za-z0-9._-]{1,64}")).findFirst().ifPresent(key -> {
            throw Refused.invalid("BAD_GOAL", "There is no price of '%s'.".formatted(key), "There are cpu, gib, penalty, penalty-CLASS for VEEs of an SLA class, host-cpu and host-gib.");
        });
        prices.forEach((key, price) -> Weights.require("the price of " + key, List.of(price)));
        if (prices.getOrDefault("cpu", 0.0) == 0 && prices.getOrDefault("gib", 0.0) == 0) {
            throw Refused.invalid("BAD_GOAL", "Without a price of cpu or gib nothing brings profit.", "Give one, such as: --price cpu=0.05 --price gib=0.01");
        }
        var classes = new HashMap<String, Double>();
        prices.forEach((key, price) -> {
            if (key.startsWith(OF_CLASS)) {
                classes.put(key.substring(OF_CLASS.length()), price);
            }
        });
        return new Earnings(prices.getOrDefault("cpu", 0.0), prices.getOrDefault("gib", 0.0), prices.getOrDefault("penalty", 0.0), classes, prices.getOrDefault("host-cpu", 0.0),
                prices.getOrDefault("host-gib", 0.0));
    }

    @Override
    public Terms terms(State state) {
        var offers = new HashMap<Long, Profit.Offer>();
        for (int vee = 0; vee < state.vees(); vee++) {
            var demand = state.demand(vee);
            double brings = POINTS * (cpu * state.asked(vee, 0) / 1000.0 + gib * (state.resources() > 1 ? state.asked(vee, 1) / GIB : 0));
            offers.put(demand.id(), new Profit.Offer(brings, brings * penalty(demand)));
        }
        var costs = new HashMap<Long, Profit.HostCost>();
        for (int host = 0; host < state.hosts(); host++) {
            var view = state.host(host);
            costs.put(view.id(), new Profit.HostCost(POINTS * view.number("cost_cpu", hostCpu), POINTS * view.number("cost_gib", hostGib)));
        }
        return new Profit(offers, costs).terms(state);
    }

    /** That of its class; of several the highest. */
    private double penalty(Demand demand) {
        return demand.groups().stream().filter(group -> group.startsWith(CLASS)).map(group -> classes.get(group.substring(CLASS.length()))).filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue).max().orElse(penalty);
    }

    @Override
    public String name() {
        return "loss";
    }
}
