package org.reservoir.placement.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.State;
import org.reservoir.placement.policy.Curve;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.policy.Profit;
import org.reservoir.placement.policy.Terms;

/**
 * An objective as whole numbers. Each tier is counted in fractions of a point and multiplied by more than all that is behind it can come to,
 * so one {@code long} compares tiers one after the other, and sums of it are exact.
 */
public final class Cost {
    private static final long MOST = 1L << 60;
    private final State state;
    private final List<Tier> tiers = new ArrayList<>();
    private final boolean placesFirst;
    private long unplaced;

    private record Part(String name, double weight, Terms terms) {}

    private record OfVees(double weight, Terms.VeeCost cost) {}

    private final class Tier {
        final List<Part> parts;
        /** Those of the parts that look at VEEs, for the sum that is asked for most often. */
        final OfVees[] ofVees;
        final double most;
        long scale;

        Tier(List<Part> parts) {
            this.parts = parts;
            ofVees = parts.stream().filter(part -> part.terms.ofVee().isPresent()).map(part -> new OfVees(part.weight, part.terms.ofVee().get())).toArray(OfVees[]::new);
            most = most();
        }

        long rounded(double points) {
            return Math.round(points * scale);
        }

        /** No sum of this tier is further from zero. */
        private double most() {
            double sum = 1;
            for (var part : parts) {
                for (int h = 0; h < state.hosts(); h++) {
                    sum += part.weight * (Math.max(hosts(part.terms.whenEmpty(), h), hosts(part.terms.whenUsed(), h)) + curves(part.terms, h, 2));
                }
                for (int v = 0; v < state.vees() && part.terms.ofVee().isPresent(); v++) {
                    sum += part.weight * part.terms.ofVee().get().most(v);
                }
                sum += part.terms.spare().map(spare -> part.weight * spare.points() * state.hosts() * state.resources()).orElse(0.0);
            }
            return sum;
        }
    }

    /** @param state with all VEEs of the problem in it */
    public Cost(Objective objective, State state) {
        this.state = state;
        placesFirst = !objective.has(Profit.class);
        for (var tier : objective.tiers()) {
            tiers.add(new Tier(tier.stream().map(part -> new Part(part.goal().name(), part.weight(), part.goal().terms(state))).toList()));
        }
        for (double resolution : new double[] {1000, 100, 10, 1}) {
            if (scaled(resolution)) {
                return;
            }
        }
        throw Refused.invalid("BAD_OBJECTIVE", "The numbers of the tiers %s are too far apart to be compared one after the other.".formatted(
                objective.tiers().stream().map(tier -> tier.stream().map(part -> part.goal().name()).toList()).toList()), "Make weights smaller, or mix the goals in one tier.");
    }

    private boolean scaled(double resolution) {
        double all = 1;
        for (int t = tiers.size() - 1; t >= 0; t--) {
            double scale = Math.ceil(all) * resolution;
            double most = tiers.get(t).most;
            if (scale * most > MOST) {
                return false;
            }
            tiers.get(t).scale = (long) scale;
            all = 2 * scale * most + 1;
        }
        unplaced = placesFirst ? (long) Math.ceil(all) : 0;
        return all * (1 + state.vees()) < Long.MAX_VALUE / 4.0;
    }

    private static double hosts(double[] points, int host) {
        return points.length == 0 ? 0 : points[host];
    }

    private double curves(Terms terms, int host, double load) {
        double sum = 0;
        for (var curve : terms.curves()) {
            sum += curve.at(host, load);
        }
        return sum;
    }

    private double loaded(Terms terms, int host) {
        double sum = 0;
        for (var curve : terms.curves()) {
            long there = state.promised(host, curve.resource());
            sum += there == 0 ? 0 : curve.at(host, (double) state.used(host, curve.resource()) / there);
        }
        return sum;
    }

    long ofHost(int host) {
        long sum = 0;
        for (var tier : tiers) {
            double points = 0;
            for (var part : tier.parts) {
                points += part.weight * (hosts(state.running(host) == 0 ? part.terms.whenEmpty() : part.terms.whenUsed(), host) + loaded(part.terms, host));
            }
            sum += tier.rounded(points);
        }
        return sum;
    }

    long ofVee(int vee, int from, int to) {
        long sum = to == State.NOWHERE ? unplaced : 0;
        for (var tier : tiers) {
            double points = 0;
            for (var part : tier.ofVees) {
                points += part.weight * part.cost.at(vee, from, to);
            }
            sum += tier.rounded(points);
        }
        return sum;
    }

    /** @param missing by part, as {@link SpareRoom} counts it, in average hosts */
    long ofSpare(List<SpareRoom> rooms) {
        long sum = 0;
        int next = 0;
        for (var tier : tiers) {
            double points = 0;
            for (var part : tier.parts) {
                if (part.terms.spare().isPresent()) {
                    points += part.weight * part.terms.spare().get().points() * rooms.get(next++).missing();
                }
            }
            sum += tier.rounded(points);
        }
        return sum;
    }

    List<Terms.Spare> spares() {
        return tiers.stream().flatMap(tier -> tier.parts.stream()).flatMap(part -> part.terms.spare().stream()).toList();
    }

    /** Whether some cost depends on what is on a host. */
    boolean looksAtHosts() {
        return tiers.stream().flatMap(tier -> tier.parts.stream()).anyMatch(part -> part.terms.whenUsed().length > 0 || part.terms.whenEmpty().length > 0 || !part.terms.curves().isEmpty());
    }

    /** What it costs to have a host in use at all, of hosts on average; 0 when it costs nothing. */
    double opening() {
        double sum = 0;
        for (var tier : tiers) {
            for (var part : tier.parts) {
                for (int h = 0; h < state.hosts(); h++) {
                    sum += tier.scale * part.weight * (hosts(part.terms.whenUsed(), h) - hosts(part.terms.whenEmpty(), h));
                }
            }
        }
        return Math.max(0, sum / Math.max(1, state.hosts()));
    }

    /** Cost of having the host in use at all. */
    double opening(int host) {
        double sum = 0;
        for (var tier : tiers) {
            for (var part : tier.parts) {
                sum += tier.scale * part.weight * (hosts(part.terms.whenUsed(), host) - hosts(part.terms.whenEmpty(), host));
            }
        }
        return sum;
    }

    /** Points of each goal, weights left out. */
    Map<String, Double> points(int[] origin, List<SpareRoom> rooms) {
        var points = new LinkedHashMap<String, Double>();
        int next = 0;
        for (var tier : tiers) {
            for (var part : tier.parts) {
                double sum = part.terms.spare().isPresent() ? part.terms.spare().get().points() * rooms.get(next++).missing() : 0;
                for (int h = 0; h < state.hosts(); h++) {
                    sum += hosts(state.running(h) == 0 ? part.terms.whenEmpty() : part.terms.whenUsed(), h) + loaded(part.terms, h);
                }
                for (int v = 0; v < state.vees() && part.terms.ofVee().isPresent(); v++) {
                    sum += part.terms.ofVee().get().at(v, origin[v], state.hostOf(v));
                }
                points.merge(part.name, sum, Double::sum);
            }
        }
        return points;
    }

    /** How much a point of the last tier is. */
    double point() {
        return tiers.isEmpty() ? 1 : tiers.getLast().scale;
    }

    // ---- for linear solvers: the same numbers as coefficients

    public double whenUsed(int host) {
        return sum(part -> hosts(part.terms.whenUsed(), host));
    }

    public double whenEmpty(int host) {
        return sum(part -> hosts(part.terms.whenEmpty(), host));
    }

    /** Of a VEE that was on {@code from} and is to be on {@code to}; either may be {@link State#NOWHERE}. */
    public long vee(int vee, int from, int to) {
        return ofVee(vee, from, to);
    }

    /** Curves with the weight of their goals and tiers. */
    public List<Curve> curves() {
        var all = new ArrayList<Curve>();
        for (var tier : tiers) {
            for (var part : tier.parts) {
                for (var curve : part.terms.curves()) {
                    double factor = tier.scale * part.weight;
                    all.add(new Curve(curve.resource(), Arrays.stream(curve.weight()).map(w -> w * factor).toArray(), curve.load(), curve.cost()));
                }
            }
        }
        return all;
    }

    public boolean needsSpare() {
        return !spares().isEmpty();
    }

    private double sum(ToDoubleFunction<Part> of) {
        return tiers.stream().mapToDouble(tier -> tier.scale * tier.parts.stream().mapToDouble(part -> part.weight * of.applyAsDouble(part)).sum()).sum();
    }
}
