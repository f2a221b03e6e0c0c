package org.reservoir.kernel.expression;

/**
 * Many rows that one expression is evaluated over, column by column and with doubles: hosts to filter and rank. Numbers
 * are in base units; NaN is missing. Doubles hold 53 bits: use it to rank and filter, not to bill. Numbers that differ by
 * less than a part in 10^12 count as equal, so that decimals compare as they do in the exact form.
 */
public interface Rows {

    /** A number for each row; NaN where it is missing. */
    @FunctionalInterface
    interface Numbers {
        double at(int row);
    }

    /** {@link #FALSE}, {@link #TRUE} or {@link #MISSING} for each row. */
    @FunctionalInterface
    interface Truths {
        int FALSE = 0;
        int TRUE = 1;
        int MISSING = -1;

        int at(int row);
    }

    /** Any value for each row, boxed: texts and lists. */
    @FunctionalInterface
    interface Values {
        Result at(int row);
    }

    /** The column of a variable that the vocabulary declares as a number. */
    Numbers numbers(String variable);

    /** The column of any other variable. */
    Values values(String variable);
}
