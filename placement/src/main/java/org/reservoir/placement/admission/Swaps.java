package org.reservoir.placement.admission;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

import org.reservoir.placement.State;

/**
 * Makes room usable that is there but of no use: where a host has CPUs left and no memory, one of its VEEs changes places with one of another host that asks for the same CPUs and less memory; so for any two resources.
 * No room is won by it, but what is left lies together then, and {@link FirstFit} finds at first sight what would be searched for else. VEEs of which a rule or a requirement speaks stay where they are.
 */
final class Swaps {
    /** So many VEEs change places at most: as many as are sent on in one trial. */
    private static final int MOST_MOVED = FirstFit.SENT;
    /** Hosts that are asked for an exchange, and how many exchanges one host has. */
    private static final int PARTNERS = 24;
    private static final int TIMES = 4;
    /** So many pairs of VEEs are looked at in all. */
    private static final int EFFORT = 300_000;
    /** Of a mean VEE; what is less is not worth two moves. */
    private static final double WORTH = 0.3;
    /** Of what is of no use on a host: an exchange that makes so much of it usable is as good as any. */
    private static final double MOST_OF_IT = 0.75;

    private final State state;
    private final Needs needs;
    private final double[] mean;
    private final int scarce;
    private final Trail trail;
    /** By host, one VEE of each size that may go; none when it has to be looked up. */
    private final int[][] kinds;
    /** Hosts, those where most is of no use first. */
    private int[] order;
    private int partner;
    private int moved;
    private int looked;
    /** The best exchange of a host so far. */
    private int goes;
    private int comes;
    private double gain;

    private Swaps(Needs needs, int[] wanted) {
        this.needs = needs;
        state = needs.state;
        kinds = new int[state.hosts()][];
        trail = new Trail(state);
        order = Arrays.stream(needs.hosts).filter(host -> !state.overloaded(host)).toArray();
        mean = IntStream.range(0, state.resources()).mapToDouble(r -> IntStream.concat(Arrays.stream(needs.placed), Arrays.stream(wanted)).mapToLong(vee -> state.asked(vee, r)).average().orElse(0)).toArray();
        scarce = IntStream.range(0, mean.length).filter(r -> mean[r] > 0).boxed()
                .min(Comparator.comparingDouble(r -> Arrays.stream(order).mapToDouble(host -> state.free(host, r)).sum() / mean[r])).orElse(State.NOWHERE);
    }

    /** Who would be where, of those that would move; nobody does. @param wanted VEEs without a place, of which some may be wanted */
    static Rehousing.Outcome of(Needs needs, int[] wanted) {
        var swaps = new Swaps(needs, wanted);
        try {
            swaps.change();
            return new Rehousing.Outcome(swaps.trail.placed().stream().mapToInt(it -> it[0]).toArray(), swaps.trail.placed().stream().mapToInt(it -> it[1]).toArray());
        } finally {
            swaps.trail.back();
        }
    }

    private void change() {
        if (scarce == State.NOWHERE) {
            return;
        }
        order = Arrays.stream(order).boxed().sorted(Comparator.comparingDouble((Integer host) -> -idle(host))).mapToInt(host -> host).toArray();
        partner = order.length;
        for (int host : order) {
            for (int time = 0; time < TIMES && moved < MOST_MOVED && looked < EFFORT && idle(host) > WORTH && found(host); time++) {
                swap();
            }
        }
    }

    /** Those where least is of no use are asked first, each in turn. */
    private boolean found(int host) {
        gain = WORTH;
        goes = State.NOWHERE;
        double enough = MOST_OF_IT * idle(host);
        for (int i = 0; i < PARTNERS && gain < enough; i++) {
            partner = partner == 0 ? order.length - 1 : partner - 1;
            if (order[partner] != host) {
                look(host, order[partner]);
            }
        }
        return goes != State.NOWHERE;
    }

    private void look(int host, int other) {
        double before = usable(host, State.NOWHERE, State.NOWHERE) + usable(other, State.NOWHERE, State.NOWHERE);
        var mine = kinds(host);
        var others = kinds(other);
        looked += mine.length * others.length;
        for (int vee : mine) {
            for (int instead : others) {
                double now = usable(host, vee, instead) + usable(other, instead, vee) - before;
                if (now > gain) {
                    gain = now;
                    goes = vee;
                    comes = instead;
                }
            }
        }
    }

    private void swap() {
        int host = state.hostOf(goes);
        int other = state.hostOf(comes);
        trail.take(goes);
        trail.take(comes);
        trail.put(goes, other);
        trail.put(comes, host);
        kinds[host] = null;
        kinds[other] = null;
        moved += 2;
    }

    private int[] kinds(int host) {
        if (kinds[host] == null) {
            var bySize = new int[needs.sizes.length];
            Arrays.fill(bySize, State.NOWHERE);
            for (int vee = state.firstOn(host); vee != State.NOWHERE; vee = state.nextOn(vee)) {
                if (!state.bound(vee) && needs.sizeOf[vee] != Needs.SPECIAL) {
                    bySize[needs.sizeOf[vee]] = vee;
                }
            }
            kinds[host] = Arrays.stream(bySize).filter(vee -> vee != State.NOWHERE).toArray();
        }
        return kinds[host];
    }

    /** What is left of the scarcest resource and of no use for want of others, in mean VEEs. */
    private double idle(int host) {
        return state.free(host, scarce) / mean[scarce] - usable(host, State.NOWHERE, State.NOWHERE);
    }

    /** So many mean VEEs have room, if one goes and another comes; less than none when that one has no room. */
    private double usable(int host, int gone, int come) {
        double least = Double.POSITIVE_INFINITY;
        for (int r = 0; r < mean.length; r++) {
            long free = state.free(host, r) + (gone == State.NOWHERE ? 0 : state.asked(gone, r) - state.asked(come, r));
            if (free < 0) {
                return Double.NEGATIVE_INFINITY;
            }
            least = mean[r] > 0 ? Math.min(least, free / mean[r]) : least;
        }
        return least;
    }
}
