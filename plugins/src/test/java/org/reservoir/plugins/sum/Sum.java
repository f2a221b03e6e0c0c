package org.reservoir.plugins.sum;

/** A kind for tests: adds up numbers somehow. */
public interface Sum {
    long of(long[] numbers);
}
