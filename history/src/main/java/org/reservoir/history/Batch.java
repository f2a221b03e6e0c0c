package org.reservoir.history;

/** Rows that wait to be written. Guarded by its {@link Intake}, then by the one who took it. */
final class Batch {
    final Line[] lines;
    final long[] times;
    final double[] values;
    int rows;
    int used;

    Batch(int most) {
        lines = new Line[most];
        times = new long[most];
        values = new double[most];
    }

    boolean add(Line line, long at, double[] row) {
        if (used + row.length > values.length) {
            return false;
        }
        lines[rows] = line;
        times[rows++] = at;
        if (row.length == 1) {
            values[used++] = row[0];
        } else {
            System.arraycopy(row, 0, values, used, row.length);
            used += row.length;
        }
        return true;
    }

    void clear() {
        java.util.Arrays.fill(lines, 0, rows, null);
        rows = 0;
        used = 0;
    }
}
