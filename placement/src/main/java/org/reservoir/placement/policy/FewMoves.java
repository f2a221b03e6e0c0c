package org.reservoir.placement.policy;

import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;
import org.reservoir.placement.Rates;
import org.reservoir.placement.Speeds;
import org.reservoir.placement.State;

/**
 * Few migrations. Every VEE that ends on another host than it was on costs; where moves were measured, as many times more as they take longer than assumed.
 *
 * @param perMove   points for each
 * @param perGib    points for each GiB of its memory
 * @param otherSite factor when it goes to another site, and nothing was measured on that way
 * @param speeds    that were measured
 */
public record FewMoves(double perMove, double perGib, double otherSite, Speeds speeds) implements Goal {
    /** As many points as migrations. */
    public static final FewMoves COUNTED = new FewMoves(1, 0, 1);
    private static final double GIB = 1L << 30;
    /** No move costs more times what one of the assumed speed does, nor so many times less. */
    private static final double MOST = 100;

    public FewMoves {
        Weights.require("few migrations", List.of(perMove, perGib, otherSite));
    }

    /** With nothing measured. */
    public FewMoves(double perMove, double perGib, double otherSite) {
        this(perMove, perGib, otherSite, Speeds.UNMEASURED);
    }

    public FewMoves measured(Speeds measured) {
        return new FewMoves(perMove, perGib, otherSite, measured);
    }

    @Override
    public Terms terms(State state) {
        var ways = new Ways(state);
        return Terms.ofVees(new Terms.VeeCost() {
            @Override
            public double at(int vee, int from, int to) {
                if (from == State.NOWHERE || to == State.NOWHERE || from == to) {
                    return 0;
                }
                return near(state, vee) * ways.factor(from, to);
            }

            @Override
            public double most(int vee) {
                return near(state, vee) * ways.most;
            }
        });
    }

    /** How much dearer a move is than one of the assumed speed. Looked up for a source when it is first asked for: a search asks for few sources very often. */
    private final class Ways {
        private final State state;
        private final AtomicReferenceArray<double[]> from;
        private final boolean unmeasured = speeds.unmeasured();
        /** No way is dearer. */
        private final double most;

        Ways(State state) {
            this.state = state;
            from = new AtomicReferenceArray<>(state.hosts());
            var slowest = Stream.of(speeds.pairs(), speeds.sending(), speeds.receiving()).flatMap(speed -> speed.values().stream()).mapToDouble(FewMoves::factor).max();
            most = Math.max(Math.max(1, otherSite), slowest.orElse(1));
        }

        double factor(int source, int to) {
            if (unmeasured) {
                return assumed(source, to);
            }
            var row = from.get(source);
            if (row == null) {
                row = new double[from.length()];
                for (int host = 0; host < row.length; host++) {
                    var speed = speeds.between(state.host(source).id(), state.host(host).id());
                    row[host] = speed.isPresent() ? FewMoves.factor(speed.getAsLong()) : assumed(source, host);
                }
                from.set(source, row);
            }
            return row[to];
        }

        private double assumed(int source, int to) {
            return state.host(source).site().equals(state.host(to).site()) ? 1 : otherSite;
        }
    }

    private static double factor(long bytesPerSecond) {
        return Math.clamp(Rates.USUAL.migrateBytesPerSecond() / (double) bytesPerSecond, 1 / MOST, MOST);
    }

    private double near(State state, int vee) {
        return perMove + perGib * (state.resources() > 1 ? state.asked(vee, 1) / GIB : 0);
    }

    @Override
    public String name() {
        return "cost of migrations";
    }
}
