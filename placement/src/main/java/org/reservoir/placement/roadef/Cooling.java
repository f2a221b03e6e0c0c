package org.reservoir.placement.roadef;

import java.util.Arrays;

/**
 * Which temperature when, and what broken rules cost then. Broken rules are cheap as long as it is warm and soon cost more
 * than they can bring. Time is shared out between temperatures by what a quick pilot met there: in proportion to how far the
 * cost fell.
 */
final class Cooling {
    static final int STEPS = 64;
    /** In units of the mean move; much below that the largest processes stay where they are. */
    private static final double HEAT = 5;
    /** For how many trials of each process on each machine it is worth to start that hot; with fewer it is in proportion, down to a floor. */
    private static final double TRIALS = 500;
    private static final double LUKEWARM = 0.02;
    /** In units of cost, which are whole numbers: nothing is accepted any more that is not at least as good. */
    private static final double COLD = 0.7;
    /** What a unit over capacity costs at first, in units of the dearest resource's load cost. */
    private static final double UNIT = 20;
    /** What a broken rule costs at first, in units of the middle move. */
    private static final double RULE = 10;
    /** How much dearer than at first rules become, and by which power of the cooling. */
    private static final double DEAREST = 1e4;
    private static final double DEARER = 1.5;
    /** The least and the most time a step of temperature gets, in units of the mean. */
    private static final double FLOOR = 0.1;
    private static final double CEILING = 6;
    /** So many steps on either side tell how far the cost falls at one: a single pilot's ups and downs tell nothing. */
    private static final int WINDOW = 3;
    /** Below so many times what a move costs it is moves that are being settled; from warmer on where there is less time. */
    private static final double SETTLING = 10;
    /** How warm a walk begins that only moves what it must, in the same units. */
    private static final double COOL = 300;
    /** What each step gets besides where the bound is near, in the same units. */
    private static final double EVEN = 0.6;
    /** In units of the temperature: where a broken rule costs more, chance no longer undoes what takes several steps. */
    private static final double STIFF = 20;
    private final double hot;
    private final double ratio;
    private final double unitPrice;
    private final double rulePrice;
    private final double settling;
    /** Progress at which each step of temperature begins, and the end. */
    private final double[] begins;

    private Cooling(double hot, double unitPrice, double rulePrice, double settling, double[] weights) {
        this.hot = hot;
        this.unitPrice = unitPrice;
        this.rulePrice = rulePrice;
        this.settling = settling;
        ratio = Math.pow(COLD / hot, 1.0 / STEPS);
        begins = new double[STEPS + 1];
        double sum = Arrays.stream(weights).sum();
        for (int i = 0; i < STEPS; i++) {
            begins[i + 1] = begins[i] + weights[i] / sum;
        }
    }

    /** @param sizes what single moves change, sorted; @param trials of each process on each machine that there is time for */
    static Cooling even(Instance in, long[] sizes, double trials) {
        double heat = Math.max(LUKEWARM, HEAT * Math.min(1, trials / TRIALS));
        double mean = Arrays.stream(sizes).average().orElse(1);
        return even(in, sizes, heat * mean, SETTLING * in.usualMove() * HEAT / heat);
    }

    /** From where loads still give way but few processes need to go: for where the bound is met without more heat than that. */
    static Cooling settling(Instance in, long[] sizes) {
        double hot = COOL * in.usualMove();
        return even(in, sizes, hot, hot);
    }

    private static Cooling even(Instance in, long[] sizes, double hot, double settling) {
        double middle = sizes.length == 0 ? 1 : sizes[sizes.length / 2];
        var weights = new double[STEPS];
        Arrays.fill(weights, 1);
        long dearest = Math.max(1, Arrays.stream(in.loadWeight).max().orElse(1));
        return new Cooling(Math.max(2 * COLD, hot), UNIT * dearest, RULE * middle, settling, weights);
    }

    /**
     * @param energies the mean cost that a walk which cooled evenly had at each step
     * @param tightness from 0 to 1: where the bound is near, much time goes into the cold, as only the last of what falls is still to be gained
     */
    Cooling like(double[] energies, double tightness) {
        var drop = new double[STEPS];
        Arrays.setAll(drop, i -> Math.max(0, mean(energies, i - WINDOW, i) - mean(energies, i + 1, i + 1 + WINDOW)));
        double mean = Arrays.stream(drop).average().orElse(1) + 1e-9;
        return new Cooling(hot, unitPrice, rulePrice, settling, Arrays.stream(drop).map(it -> Math.clamp(it / mean, FLOOR, CEILING) + EVEN * tightness).toArray());
    }

    /** Over some steps; beyond either end it is as at the end. */
    private static double mean(double[] energies, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += energies[Math.clamp(i, 0, STEPS - 1)];
        }
        return sum / (to - from);
    }

    /** @param level from 0, hot, to 1, cold */
    double temperature(double level) {
        return hot * Math.pow(ratio, level * STEPS);
    }

    /** The level at which it is as warm as that. */
    double levelOf(double temperature) {
        return Math.clamp(Math.log(temperature / hot) / Math.log(ratio) / STEPS, 0, 1);
    }

    /** How far down the temperatures one is at some progress, both from 0 to 1. */
    double level(double progress) {
        int step = Arrays.binarySearch(begins, progress);
        step = Math.clamp(step >= 0 ? step : -step - 2, 0, STEPS - 1);
        return Math.min(1, (step + (progress - begins[step]) / (begins[step + 1] - begins[step])) / STEPS);
    }

    /** The progress at which a level is reached. */
    double progress(double level) {
        int step = Math.clamp((int) (level * STEPS), 0, STEPS - 1);
        return begins[step] + (level * STEPS - step) * (begins[step + 1] - begins[step]);
    }

    private double dearness(double temperature) {
        return Math.min(DEAREST, Math.pow(hot / temperature, DEARER));
    }

    long unitPrice(double temperature) {
        return (long) (unitPrice * dearness(temperature));
    }

    /** Whether what is left to gain is mostly that processes are not where they were. */
    boolean settles(double temperature) {
        return temperature < settling;
    }

    boolean isStiff(double temperature) {
        return rulePrice(temperature) > STIFF * temperature;
    }

    long rulePrice(double temperature) {
        return (long) (rulePrice * dearness(temperature));
    }
}
