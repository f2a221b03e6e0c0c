package org.reservoir.placement.roadef;

import java.util.Arrays;

/** One search's random walk: where it is, how warm, and the best feasible assignment it has met. Deterministic by seed. */
final class Walk {
    static final int BLOCK = 4096;
    /** Trades of one process for several, which are dearer, in each block. */
    private static final int EXCHANGES = 4;
    /** Where what leaves still takes room, room for one is made by another's return. */
    private static final int HOMING = 8;
    private static final int SELDOM = 4;
    /** Where loads are at the lower bound and more than one of so many processes are away, going home is what is left to gain. */
    private static final int OFTEN = 13;
    private static final int FEW = 64;
    /** So many processes are looked at for one that is away, too. */
    private static final int STRANGERS = 4;
    /** How many of sixteen swaps are with a process that needs about the same. */
    private static final int LIKES = 6;
    /** After so many blocks that all ended with broken rules these are mended. */
    private static final int PATIENCE = 64;
    private static final double[] EXPONENTIAL = exponential();
    final Assignment now;
    private final Instance in;
    private final Dice dice;
    private final Exchange exchange;
    private final Mending mending;
    private final Alike alike;
    private final double[] size;
    private final int[] home;
    /** How many of sixteen trials look at the machine that the process has left. */
    private final int homing;
    private final long bound;
    private int[] best;
    private long lowest;
    private int unmet;
    /** How many processes are looked at for one to change places with whoever goes home. */
    private int looks = 1;

    Walk(Instance instance, int[] before, Alike alike, long seed) {
        in = instance;
        this.alike = alike;
        home = before;
        homing = instance.lingers() ? HOMING : SELDOM;
        bound = instance.lowerBound();
        now = new Assignment(instance, before, before);
        dice = new Dice(seed);
        exchange = new Exchange(now, dice);
        mending = new Mending(now, dice);
        size = instance.shares();
        best = before.clone();
        lowest = now.cost();
    }

    /** Quantiles of an exponential distribution, so that a threshold costs one look-up. */
    private static double[] exponential() {
        var quantiles = new double[4096];
        Arrays.setAll(quantiles, i -> -Math.log((i + 0.5) / quantiles.length));
        return quantiles;
    }

    int[] best() {
        return best;
    }

    long lowest() {
        return lowest;
    }

    /** Sizes of what single moves change, sorted; broken rules left out. */
    long[] sample(int most) {
        now.prices(0, 0);
        var sizes = new long[most];
        int found = 0;
        for (int i = 0; i < 10 * most && found < most; i++) {
            int p = dice.below(in.processes);
            int from = now.at[p];
            if (now.shift(p, dice.below(in.machines), Assignment.ANYTHING)) {
                sizes[found] = Math.abs(now.delta());
                found += sizes[found] > 0 ? 1 : 0;
                now.shift(p, from, Assignment.ANYTHING);
            }
        }
        Arrays.sort(sizes, 0, found);
        return Arrays.copyOf(sizes, found);
    }

    /** 4096 trial moves and a few exchanges at one temperature; the best is noted between blocks only, to keep a trial cheap. */
    void block(double temperature, boolean settles, boolean rulesAreStiff) {
        boolean onlyMoves = settles && now.loadCost() <= bound;
        int often = onlyMoves && now.absent() > in.processes / FEW ? OFTEN : homing;
        looks = onlyMoves ? STRANGERS : 1;
        for (int i = 0; i < BLOCK; i++) {
            long random = dice.bits();
            attempt(random, (long) (temperature * EXPONENTIAL[(int) (random >>> 52)]), settles, often);
        }
        for (int i = 0; i < EXCHANGES; i++) {
            trade((long) (temperature * EXPONENTIAL[(int) (dice.bits() >>> 52)]), settles && i % 2 == 0 && now.absent() > 0);
        }
        unmet = rulesAreStiff && now.lacking() > 0 ? unmet + 1 : 0;
        if (unmet == PATIENCE) {
            mending.mend();
            unmet = 0;
        }
        note();
    }

    /** A shift or swap, of a process that has left its machine often back there; where moves are settled, such processes are sought, and none like another. */
    private void attempt(long random, long limit, boolean settles, int often) {
        boolean shift = (random & 1) == 0;
        boolean homewards = (random >>> 8 & 15) < often;
        int p = homewards && settles && now.absent() > 0 ? now.absentee(dice.below(now.absent())) : dice.below(in.processes);
        if (homewards && now.at[p] != home[p]) {
            home(p, shift, limit);
        } else if (shift) {
            now.shift(p, dice.below(in.machines), limit);
        } else {
            boolean like = (random >>> 12 & 15) < LIKES && !settles;
            now.swap(p, like ? alike.of(p, dice) : dice.below(in.processes), limit);
        }
    }

    /** A process that is away comes home and what stands in its way goes, or a large one goes anywhere. */
    private void trade(long limit, boolean homewards) {
        int p = homewards ? now.absentee(dice.below(now.absent())) : large();
        exchange.trade(p, homewards ? home[p] : dice.below(in.machines), limit);
    }

    /** Back to its machine, or in exchange for one of those there; the first of some that is away itself, whose going costs no further move, or else the last. */
    private void home(int p, boolean shift, long limit) {
        int there = home[p];
        if (shift || now.count(there) == 0) {
            now.shift(p, there, limit);
        } else {
            int q = now.on(there, dice.below(now.count(there)));
            for (int i = 1; i < looks && now.at[q] == home[q]; i++) {
                q = now.on(there, dice.below(now.count(there)));
            }
            now.swap(p, q, limit);
        }
    }

    /** The largest of one, two, four … processes. */
    private int large() {
        int largest = dice.below(in.processes);
        for (int others = (1 << (dice.bits() & 7)) - 1; others > 0; others--) {
            int other = dice.below(in.processes);
            largest = size[other] > size[largest] ? other : largest;
        }
        return largest;
    }

    private void note() {
        if (now.cost() < lowest && now.isFeasible()) {
            lowest = now.cost();
            best = now.copy();
        }
    }

    /** Goes on from another place. */
    void jump(int[] to) {
        now.become(to);
        note();
    }
}
