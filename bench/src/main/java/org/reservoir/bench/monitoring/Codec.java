package org.reservoir.bench.monitoring;

/** One way to write a hundred measurements and read them again. */
interface Codec {
    String name();

    /** Writes a measurement of each VEE. @return bytes written */
    long write(Sample sample);

    /** Reads what was written last, each value once. @return something that depends on all of them, so that none can be left out */
    double read();
}
