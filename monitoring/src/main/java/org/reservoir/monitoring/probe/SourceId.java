package org.reservoir.monitoring.probe;

/** A data source, for as long as it lives: a process that has probes. Random, so that none need be given out. */
public record SourceId(long value) {
    @Override
    public String toString() {
        return "source-" + Long.toHexString(value);
    }
}
