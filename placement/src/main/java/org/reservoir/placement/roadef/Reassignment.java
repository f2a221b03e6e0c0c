package org.reservoir.placement.roadef;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Searches for a cheaper assignment by annealing shifts and swaps that may break rules as long as it is warm: a first quick
 * walk finds out how much time there is, a cool one whether moves are all that is to be gained, a pilot at which temperatures
 * it is worth most, the main walk spends it there, and what is left goes into cooling the best once more. Walks go side by
 * side and go on from the better place now and then. Deterministic by seed when the budget is.
 */
public final class Reassignment {
    private static final double FIRST = 0.01;
    private static final double COOL = 0.03;
    private static final double PILOT = 0.06;
    private static final double MAIN = 0.8;
    /** How far down the best is warmed up again for the last walk, from 0, hot, to 1. */
    private static final double WARM = 0.4;
    /** How warm, in units of what a move costs, if nothing but moves is left to gain. */
    private static final double WARM_MOVES = 0.3;
    private static final int MAIN_LEGS = 32;
    private static final int LAST_LEGS = 8;
    private final Instance in;
    private final int[] before;
    private final Budget budget;
    private final Crew crew;
    private final long initial;
    private final List<Walk> walks = new ArrayList<>();

    /** What one walk may use up. */
    @FunctionalInterface
    public interface Budget {
        /** Starts to count what the calling thread uses up; the answer says what share of the whole that has been since. */
        Meter start();

        /** The same search each time: so many blocks of 4096 trial moves. */
        static Budget blocks(long blocks) {
            return () -> {
                var done = new long[1];
                return () -> (double) done[0]++ / blocks;
            };
        }
    }

    /** A share of the budget, from 0. */
    @FunctionalInterface
    public interface Meter {
        double spent();
    }

    /** Whoever runs several pieces of work, perhaps at once, and returns when all have ended. */
    @FunctionalInterface
    public interface Crew {
        void run(List<Runnable> work);

        /** One after the other. */
        static Crew alone() {
            return work -> work.forEach(Runnable::run);
        }
    }

    private Reassignment(Instance instance, int[] before, int walkers, long seed, Budget budget, Crew crew) {
        in = instance;
        this.before = before;
        this.budget = budget;
        this.crew = crew;
        initial = new Referee(instance, before).cost(before);
        var alike = new Alike(instance);
        for (int i = 0; i < walkers; i++) {
            walks.add(new Walk(instance, before, alike, seed * walkers + i));
        }
    }

    /**
     * @param before the original assignment, feasible
     * @param walkers how many walks go side by side
     * @param budget what each of them may use up
     * @return a feasible assignment that costs no more
     */
    public static int[] search(Instance instance, int[] before, int walkers, long seed, Budget budget, Crew crew) {
        return new Reassignment(instance, before, walkers, seed, budget, crew).search();
    }

    private int[] search() {
        var sizes = walks.getFirst().sample(20_000);
        var even = start(sizes);
        var energies = pilot(even);
        var cooling = even.like(energies, tightness(energies[Cooling.STEPS - 1]));
        for (int i = 0; i < MAIN_LEGS; i++) {
            cool(cooling, (double) i / MAIN_LEGS, (i + 1.0) / MAIN_LEGS, MAIN / MAIN_LEGS);
            if (i >= MAIN_LEGS / 2) {
                goOnFrom(cheapestNow().now.copy());
            }
        }
        if (best().lowest() <= cheapestNow().now.price()) {
            goOnFrom(best().best());
        }
        double warm = cooling.progress(isSettled(best()) ? Math.max(WARM, cooling.levelOf(WARM_MOVES * in.usualMove())) : WARM);
        for (int i = 0; i < LAST_LEGS; i++) {
            cool(cooling, warm + (1 - warm) * i / LAST_LEGS, warm + (1 - warm) * (i + 1) / LAST_LEGS, (1 - FIRST - COOL - PILOT - MAIN) / LAST_LEGS);
            goOnFrom(cheapestNow().now.copy());
        }
        return best().best();
    }

    /** Where to begin: no warmer than moves are worth if the bound is met from there but for moves, and else as warm as there is time for. */
    private Cooling start(long[] sizes) {
        var even = Cooling.even(in, sizes, trials(Cooling.even(in, sizes, 0)));
        var settling = Cooling.settling(in, sizes);
        goOnFrom(before);
        cool(settling, 0, 1, COOL);
        return isSettled(best()) ? settling : even;
    }

    /** Whether all that its best costs above the lower bound are moves. */
    private boolean isSettled(Walk walk) {
        return walk.lowest() - new Moves(in, before, walk.best()).cost() <= in.lowerBound();
    }

    /** Cools quickly, from where little is lost. @return how often there is time to try each process on each machine */
    private double trials(Cooling cooling) {
        var profiles = cool(cooling, 0, 1, FIRST);
        return profiles.stream().mapToDouble(Profile::blocks).average().orElseThrow() * Walk.BLOCK / FIRST / in.processes / in.machines;
    }

    /** How near to the lower bound the pilot came: 1 when all that may be gained was, 0 when half or less. */
    private double tightness(double reached) {
        double bound = in.lowerBound();
        return 1 - Math.clamp(2 * (reached - bound) / Math.max(1, initial - bound), 0, 1);
    }

    private Walk best() {
        return Collections.min(walks, Comparator.comparingLong(Walk::lowest));
    }

    private Walk cheapestNow() {
        return Collections.min(walks, Comparator.comparingLong(walk -> walk.now.price()));
    }

    private void goOnFrom(int[] assignment) {
        walks.forEach(walk -> walk.jump(assignment));
    }

    /** Cools once from hot to cold. @return the mean cost at each step of temperature */
    private double[] pilot(Cooling cooling) {
        var profiles = cool(cooling, 0, 1, PILOT);
        return IntStream.range(0, Cooling.STEPS).mapToDouble(step -> profiles.stream().mapToDouble(it -> it.mean(step)).average().orElseThrow()).toArray();
    }

    private List<Profile> cool(Cooling cooling, double from, double to, double share) {
        var profiles = walks.stream().map(_ -> new Profile()).toList();
        crew.run(IntStream.range(0, walks.size()).<Runnable>mapToObj(i -> () -> cool(walks.get(i), cooling, from, to, share, profiles.get(i))).toList());
        return profiles;
    }

    private void cool(Walk walk, Cooling cooling, double from, double to, double share, Profile profile) {
        var meter = budget.start();
        for (double spent = meter.spent(); spent < share; spent = meter.spent()) {
            double level = cooling.level(from + (to - from) * spent / share);
            double temperature = cooling.temperature(level);
            walk.now.prices(cooling.unitPrice(temperature), cooling.rulePrice(temperature));
            walk.block(temperature, cooling.settles(temperature), cooling.isStiff(temperature));
            profile.add(level, walk.now.cost());
        }
    }

    /** What a walk cost at each step of temperature. */
    private static final class Profile {
        private final double[] sums = new double[Cooling.STEPS];
        private final int[] counts = new int[Cooling.STEPS];

        void add(double level, long cost) {
            int step = Math.min(Cooling.STEPS - 1, (int) (level * Cooling.STEPS));
            sums[step] += cost;
            counts[step]++;
        }

        int blocks() {
            return Arrays.stream(counts).sum();
        }

        /** That of the nearest step before when the walk was too short to come by. */
        double mean(int step) {
            int seen = step;
            while (seen > 0 && counts[seen] == 0) {
                seen--;
            }
            return counts[seen] == 0 ? 0 : sums[seen] / counts[seen];
        }
    }
}
