package org.reservoir.placement.policy;

import java.util.List;
import java.util.Map;
import org.reservoir.placement.State;

/**
 * Profit under SLAs, as negative points: revenue for what runs, less what hosts cost and what SLAs claim for what does not run. All per hour and
 * in one currency. With it a demand may be left waiting that would cost more than it brings.
 *
 * @param offers by VEE id; those not named bring nothing and claim nothing
 * @param costs  by host id; those not named cost nothing. A partner's site or a public cloud is a host with a price
 */
public record Profit(Map<Long, Offer> offers, Map<Long, HostCost> costs) implements Goal {
    private static final double GIB = 1L << 30;

    /** @param price for running it, @param penalty when it does not */
    public record Offer(double price, double penalty) {
        public Offer {
            Weights.require("an offer", List.of(price, penalty));
        }
    }

    /** What a VEE costs there, by what it takes. */
    public record HostCost(double perCpu, double perGib) {
        public HostCost {
            Weights.require("the cost of a host", List.of(perCpu, perGib));
        }
    }

    private static final Offer NO_OFFER = new Offer(0, 0);
    private static final HostCost FREE = new HostCost(0, 0);

    public Profit {
        offers = Map.copyOf(offers);
        costs = Map.copyOf(costs);
    }

    @Override
    public Terms terms(State state) {
        double dearestCpu = costs.values().stream().mapToDouble(HostCost::perCpu).max().orElse(0);
        double dearestGib = costs.values().stream().mapToDouble(HostCost::perGib).max().orElse(0);
        return Terms.ofVees(new Terms.VeeCost() {
            @Override
            public double at(int vee, int from, int to) {
                if (to == State.NOWHERE) {
                    return offer(state, vee).penalty();
                }
                var cost = costs.getOrDefault(state.host(to).id(), FREE);
                return part(state, vee, cost.perCpu(), cost.perGib()) - offer(state, vee).price();
            }

            @Override
            public double most(int vee) {
                return Math.max(offer(state, vee).penalty(), Math.max(offer(state, vee).price(), part(state, vee, dearestCpu, dearestGib)));
            }
        });
    }

    private Offer offer(State state, int vee) {
        return offers.getOrDefault(state.demand(vee).id(), NO_OFFER);
    }

    private static double part(State state, int vee, double perCpu, double perGib) {
        return perCpu * state.asked(vee, 0) / 1000.0 + perGib * (state.resources() > 1 ? state.asked(vee, 1) / GIB : 0);
    }

    @Override
    public String name() {
        return "loss";
    }
}
