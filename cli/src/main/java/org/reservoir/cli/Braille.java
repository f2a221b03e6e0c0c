package org.reservoir.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Draws a line of values in Braille's dots, two across and four down in each character (Unicode 2800–28FF). Pure. */
final class Braille {
    private static final int EMPTY = 0x2800;
    /** Bits of the dots of a character, by column and then from the top. */
    private static final int[][] BITS = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};

    private final int width;
    private final int height;
    private final int[][] cells;

    private Braille(int width, int height) {
        this.width = width;
        this.height = height;
        cells = new int[height][width];
    }

    /**
     * @param values one for each dot across, from left to right, NaN where there is none; @param low at the bottom; @param high at the top
     * @param width  characters
     */
    static List<String> lines(double[] values, double low, double high, int width, int height) {
        var canvas = new Braille(width, height);
        int before = -1;
        for (int x = 0; x < Math.min(values.length, width * 2); x++) {
            if (Double.isNaN(values[x])) {
                before = -1;
                continue;
            }
            int y = canvas.dot(values[x], low, high);
            int from = before < 0 ? y : before;
            for (int between = Math.min(from, y); between <= Math.max(from, y); between++) {
                if (between != from || before < 0 || y == from) {
                    canvas.set(x, between);
                }
            }
            before = y;
        }
        var lines = new ArrayList<String>();
        for (var row : canvas.cells) {
            lines.add(new String(Arrays.stream(row).map(bits -> EMPTY + bits).toArray(), 0, row.length));
        }
        return lines;
    }

    /** From the top. */
    private int dot(double value, double low, double high) {
        int dots = height * 4 - 1;
        return high <= low ? dots / 2 : (int) Math.round((high - Math.clamp(value, low, high)) / (high - low) * dots);
    }

    private void set(int x, int y) {
        if (x < width * 2 && y < height * 4) {
            cells[y / 4][x / 2] |= BITS[x % 2][y % 4];
        }
    }
}
