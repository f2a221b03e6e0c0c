package org.reservoir.placement.roadef;

import java.util.Arrays;

/** Which processes are on each machine. */
final class Lists {
    private final int[][] on;
    private final int[] count;
    /** Where each process stands in the list of its machine. */
    private final int[] position;

    Lists(int machines, int[] at) {
        on = new int[machines][16];
        count = new int[machines];
        position = new int[at.length];
        for (int p = 0; p < at.length; p++) {
            add(p, at[p]);
        }
    }

    int count(int m) {
        return count[m];
    }

    int on(int m, int i) {
        return on[m][i];
    }

    void move(int p, int from, int to) {
        int last = on[from][--count[from]];
        on[from][position[p]] = last;
        position[last] = position[p];
        add(p, to);
    }

    private void add(int p, int m) {
        if (count[m] == on[m].length) {
            on[m] = Arrays.copyOf(on[m], 2 * count[m]);
        }
        position[p] = count[m];
        on[m][count[m]++] = p;
    }
}
