package org.reservoir.monitoring.probe;

/** One stream among all. */
public record StreamKey(SourceId source, int number) {}
