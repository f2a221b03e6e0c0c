package org.reservoir.monitoring.alarm;

/** What is seen of one subject at one time. */
public sealed interface Reading {
    /** A figure. */
    record Level(double value) implements Reading {}

    /** A figure, and what is usual at this hour. @param spread from the lowest to the highest usual value */
    record Beside(double value, double usual, double spread) implements Reading {
        /** Of what is usual: what was the same in all past weeks is not odd when it is hardly another. */
        private static final double LEAST_SPREAD = 0.01;

        /** How many times its spread, which is taken as a hundredth of what is usual at least, it is away from that. */
        public boolean isFurtherThan(double times) {
            return Math.abs(value - usual) > times * Math.max(spread, LEAST_SPREAD * Math.abs(usual));
        }
    }

    /** Nothing was heard in the window. */
    record Silent() implements Reading {}

    /** Too little was heard, or too little is known of the past, to say anything. */
    record Unknown() implements Reading {}
}
