package org.reservoir.placement.policy;

import java.util.ArrayList;
import java.util.List;
import org.reservoir.placement.Rank;

/**
 * What is to be had little of: tiers, each a weighted mix of goals. A later tier only decides between what is equal in all before it. That
 * demands that wait get places comes before all tiers, unless a {@link Profit} goal says what each is worth.
 */
public record Objective(List<List<Weighted>> tiers) {
    /** Nothing but as few migrations as can be: for repairs. */
    public static final Objective FEW_MOVES = of(FewMoves.COUNTED, 1);

    public record Weighted(Goal goal, double weight) {
        public Weighted {
            Weights.require(goal.name(), List.of(weight));
        }
    }

    public Objective {
        tiers = tiers.stream().map(List::copyOf).filter(tier -> !tier.isEmpty()).toList();
    }

    public static Objective of(Goal goal, double weight) {
        return new Objective(List.of(List.of(new Weighted(goal, weight))));
    }

    /** In the same tier. */
    public Objective and(Goal goal, double weight) {
        var more = new ArrayList<>(tiers.subList(0, tiers.size() - 1));
        var last = new ArrayList<>(tiers.getLast());
        last.add(new Weighted(goal, weight));
        more.add(last);
        return new Objective(more);
    }

    /** In a tier behind all others. */
    public Objective then(Goal goal) {
        var more = new ArrayList<>(tiers);
        more.add(List.of(new Weighted(goal, 1)));
        return new Objective(more);
    }

    public boolean has(Class<? extends Goal> kind) {
        return tiers.stream().flatMap(List::stream).anyMatch(part -> kind.isInstance(part.goal()));
    }

    /** The rank that first placement follows between two decisions of a solver. */
    public Rank rank() {
        var earnings = tiers.stream().flatMap(List::stream).map(Weighted::goal).filter(Earnings.class::isInstance).map(Earnings.class::cast).findFirst();
        return earnings.<Rank>map(it -> new Rank.Cheapest(it.hostCpu(), it.hostGib())).orElseGet(this::rankWithoutPrices);
    }

    private Rank rankWithoutPrices() {
        return has(PowerSaving.class) ? Rank.PACKING : has(Balance.class) ? Rank.LOAD_AWARE : Rank.STRIPING;
    }
}
