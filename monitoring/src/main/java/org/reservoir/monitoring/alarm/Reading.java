package org.reservoir.monitoring.alarm;

/** What is seen of one subject at one time. */
public sealed interface Reading {
    /** A figure. */
    record Level(double value) implements Reading {}

    /** A figure, and what is usual at this hour. @param spread from the lowest to the highest usual value */
    record Beside(double value, double usual, double spread) implements Reading {}

    /** Nothing was heard in the window. */
    record Silent() implements Reading {}

    /** Too little was heard, or too little is known of the past, to say anything. */
    record Unknown() implements Reading {}
}
