package org.reservoir.interfaces.vhi;

import java.util.OptionalInt;

/** What is to be done with a snapshot. @param disk which disk alone; empty for the whole guest with its memory */
public record SnapshotWork(Verb verb, String name, OptionalInt disk) {
    public enum Verb { TAKE, REVERT, DELETE }
}
