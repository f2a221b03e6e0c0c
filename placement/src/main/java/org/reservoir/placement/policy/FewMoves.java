package org.reservoir.placement.policy;

import java.util.List;
import org.reservoir.placement.State;

/**
 * Few migrations. Every VEE that ends on another host than it was on costs.
 *
 * @param perMove   points for each
 * @param perGib    points for each GiB of its memory
 * @param otherSite factor when it goes to another site
 */
public record FewMoves(double perMove, double perGib, double otherSite) implements Goal {
    /** As many points as migrations. */
    public static final FewMoves COUNTED = new FewMoves(1, 0, 1);
    private static final double GIB = 1L << 30;

    public FewMoves {
        Objective.requireWeights("few migrations", List.of(perMove, perGib, otherSite));
    }

    @Override
    public Terms terms(State state) {
        return Terms.ofVees(new Terms.VeeCost() {
            @Override
            public double at(int vee, int from, int to) {
                if (from == State.NOWHERE || to == State.NOWHERE || from == to) {
                    return 0;
                }
                return state.host(from).site().equals(state.host(to).site()) ? near(state, vee) : near(state, vee) * otherSite;
            }

            @Override
            public double most(int vee) {
                return near(state, vee) * Math.max(1, otherSite);
            }
        });
    }

    private double near(State state, int vee) {
        return perMove + perGib * (state.resources() > 1 ? state.asked(vee, 1) / GIB : 0);
    }

    @Override
    public String name() {
        return "migrations";
    }
}
