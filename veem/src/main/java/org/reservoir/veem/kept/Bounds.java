package org.reservoir.veem.kept;

/** @param inFlight jobs at a time in all; @param perHost at one host; @param batch outcomes written in one transaction */
public record Bounds(int inFlight, int perHost, int batch) {
    public static final Bounds USUAL = new Bounds(2048, 8, 256);
}
