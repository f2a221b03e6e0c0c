package org.reservoir.monitoring.probe;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Slows streams so that budgets hold: all of a class by one factor, budget / sum of what they ask, as Lattice's controller does (Tusa
 * et al., CloudNet 2018, eq. 3), a lower class before a higher one, none below a sixteenth of its rate, and pinned ones never.
 * Factors come of what is asked and not of what is measured now, so that they do not swing.
 */
final class Adaptation {
    private static final double FLOOR = 1 / 16.0;
    /** Factors are rounded to quarters of a doubling: small changes of cost change no rate. */
    private static final double STEPS = 4;

    private Adaptation() {}

    /** The factor of each class, {@link #FLOOR} to 1. @param claims what each class asks of the budget, in its unit */
    static Map<Priority, Double> factors(Map<Priority, Double> claims, double budget) {
        double left = budget - claims.getOrDefault(Priority.PINNED, 0.0);
        double normal = claims.getOrDefault(Priority.NORMAL, 0.0);
        double low = claims.getOrDefault(Priority.LOW, 0.0);
        double lowFactor = factor(left - normal, low);
        double normalFactor = low > 0 && lowFactor > FLOOR ? 1 : factor(left - low * lowFactor, normal);
        return Map.of(Priority.PINNED, 1.0, Priority.LOW, lowFactor, Priority.NORMAL, normalFactor);
    }

    private static double factor(double budget, double claim) {
        return claim <= budget ? 1 : Math.max(FLOOR, budget / claim);
    }

    /** Sets how much each stream is held back; calls {@code changed} for those where that is something new. */
    static void adapt(Collection<Running> probes, Budgets budgets, Function<StreamInfo, Priority> ranking, Consumer<Running> changed) {
        var ranks = new HashMap<Running, Priority>();
        var shares = new EnumMap<Priority, Double>(Priority.class);
        var rates = new HashMap<Integer, Map<Priority, Double>>();
        for (var running : probes) {
            if (running.measures()) {
                var rank = ranking.apply(running.info);
                ranks.put(running, rank);
                shares.merge(rank, running.shareAsked(), Double::sum);
                running.links.forEach(link -> rates.computeIfAbsent(link.terms.subscription(), _ -> new EnumMap<>(Priority.class)).merge(rank, running.rateAsked(link), Double::sum));
            }
        }
        var ofSource = factors(shares, budgets.share());
        var ofListeners = new HashMap<Integer, Map<Priority, Double>>();
        rates.forEach((subscription, claims) -> ofListeners.put(subscription, factors(claims, budgets.perListener())));
        ranks.forEach((running, rank) -> {
            boolean other = running.hold(times(ofSource.get(rank)));
            for (var link : running.links) {
                other |= link.hold(times(ofListeners.get(link.terms.subscription()).get(rank)));
            }
            if (other) {
                changed.accept(running);
            }
        });
    }

    /** So many times less often, 1 or more. */
    private static double times(double factor) {
        return Math.pow(2, Math.ceil(-Math.log(factor) / Math.log(2) * STEPS - 1e-9) / STEPS);
    }
}
