package org.reservoir.placement.admission;

import java.util.Arrays;
import java.util.random.RandomGenerator;

import org.reservoir.kernel.Refused;

/**
 * How many replicas a tier wants at a moment drawn by lot.
 *
 * @param weights of equal steps from its least to its most: {@code {9, 1}} is at its least nine times of ten and at its most once; {@code {1}} is always at its most
 */
public record Load(double... weights) {
    public static final Load PEAK = new Load(1);
    /** Any number as often as any other. */
    public static final Load EVEN = new Load(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);

    public Load {
        weights = weights.clone();
        if (weights.length == 0 || Arrays.stream(weights).anyMatch(weight -> !(weight >= 0 && weight <= 1e9)) || !(Arrays.stream(weights).sum() > 0)) {
            throw Refused.invalid("BAD_LOAD", "The weights %s of a load are no distribution.".formatted(Arrays.toString(weights)), "Give one or more numbers from 0 up, not all 0.");
        }
    }

    @Override
    public double[] weights() {
        return weights.clone();
    }

    int drawn(int least, int most, RandomGenerator random) {
        if (weights.length == 1 || least == most) {
            return most;
        }
        double left = random.nextDouble() * Arrays.stream(weights).sum();
        int step = 0;
        while (step < weights.length - 1 && left >= weights[step]) {
            left -= weights[step++];
        }
        return least + (int) Math.round((most - least) * (double) step / (weights.length - 1));
    }
}
