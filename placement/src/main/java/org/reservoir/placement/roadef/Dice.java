package org.reservoir.placement.roadef;

/** SplitMix64 (Steele, Lea, Flood 2014): a trial move costs less than most generators. */
final class Dice {
    private long seed;

    /** Mixes the seed: as it comes, neighbouring seeds would draw the same numbers, shifted by one. */
    Dice(long seed) {
        this.seed = seed;
        this.seed = bits();
    }

    long bits() {
        long z = seed += 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    int below(int bound) {
        return (int) ((bits() >>> 32) * bound >>> 32);
    }
}
