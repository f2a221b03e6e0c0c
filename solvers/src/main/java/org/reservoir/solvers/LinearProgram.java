package org.reservoir.solvers;

import java.util.ArrayList;
import java.util.List;

/** Columns and rows of whole numbers, and what a column costs: what a problem becomes before a solver sees it. */
final class LinearProgram {
    /** {@code least <= sum of factor * column <= most}. */
    record Row(long least, long most, int[] columns, long[] factors) {}

    final List<Row> rows = new ArrayList<>();
    /** Upper bounds; lower ones are 0. A column is a truth when its bound is 1. */
    final List<Long> bounds = new ArrayList<>();
    final List<Long> costs = new ArrayList<>();
    /** What nothing changes. */
    long constant;

    /** A further column, from 0 to its bound. */
    int column(long bound, long price) {
        bounds.add(bound);
        costs.add(price);
        return bounds.size() - 1;
    }

    void row(long least, long most, List<Integer> columns, List<Long> factors) {
        rows.add(new Row(least, most, columns.stream().mapToInt(i -> i).toArray(), factors.stream().mapToLong(f -> f).toArray()));
    }

    /** Makes a column dearer. */
    void charge(int column, long more) {
        costs.set(column, costs.get(column) + more);
    }

    /** {@code least <= sum of the columns <= most}. */
    void sum(long least, long most, List<Integer> columns) {
        row(least, most, columns, columns.stream().map(_ -> 1L).toList());
    }
}
