package org.reservoir.monitoring.history;

/** Writes the rows of some series that are always measured together. Safe for many threads; never waits. */
@FunctionalInterface
public interface Pen {
    /** Of those who keep nothing. */
    Pen NONE = (_, _) -> true;

    /**
     * Takes one row, to be kept within a second or so.
     *
     * @param at     epoch milliseconds
     * @param values one for each series, NaN where there is none; copied
     * @return false when there was no room and the row was dropped and counted
     */
    boolean write(long at, double... values);
}
