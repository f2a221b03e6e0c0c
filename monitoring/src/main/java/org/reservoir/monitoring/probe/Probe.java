package org.reservoir.monitoring.probe;

/**
 * Measures one thing. Written by whoever has something to measure; {@link DataSource} says when. A probe keeps no thread and
 * does not know who listens, how often, or what of it is sent.
 */
public interface Probe {
    /** What its measurements consist of; the same at every call. */
    Schema schema();

    /** Fills in the values. What it throws is told as the probe's failure, and nothing is sent. */
    void measure(Row row) throws Exception;

    /**
     * Whether others bring what it measures, many probes' at once, and say so by {@link DataSource#inform}: it is measured
     * only then, and its period is how often at most.
     */
    default boolean fed() {
        return false;
    }

    /** Whether {@link #measure} may wait for something; then it is called on a thread of its own with a deadline. */
    default boolean waits() {
        return false;
    }

    /** Lets go of what it holds, for it is measured no more; called once. Must not wait. */
    default void ended() {
        // most hold nothing
    }

    /**
     * Nanoseconds of processor time that the last measurement took, of a probe that measures on a thread of its own; negative
     * when the clock says well enough what it costs, or nobody knows.
     */
    default long spent() {
        return -1;
    }

    /** Fills in the values of one measurement. */
    @FunctionalInterface
    interface Measuring {
        void into(Row row) throws Exception;
    }

    /** A probe in one line. */
    static Probe of(Schema schema, Measuring measuring) {
        return new Probe() {
            @Override
            public Schema schema() {
                return schema;
            }

            @Override
            public void measure(Row row) throws Exception {
                measuring.into(row);
            }
        };
    }
}
