package org.reservoir.placement.search;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.reservoir.placement.State;
import org.reservoir.placement.policy.Terms;

/** Keeps count of the room that is left when the largest hosts are lost: hosts that count by size, and what all VEEs take. */
final class SpareRoom {
    private final State state;
    private final Terms.Spare wanted;
    private final double[] average;
    /** By resource: the sizes there are, largest first, how many hosts of each count, and which size a host has. */
    private final long[][] sizes;
    private final int[][] counts;
    private final int[][] sizeOf;
    private final long[] taken;

    SpareRoom(State state, Terms.Spare wanted) {
        this.state = state;
        this.wanted = wanted;
        int width = state.resources();
        average = new double[width];
        sizes = new long[width][];
        counts = new int[width][];
        sizeOf = new int[width][state.hosts()];
        taken = new long[width];
        for (int r = 0; r < width; r++) {
            int resource = r;
            var ascending = IntStream.range(0, state.hosts()).mapToLong(h -> state.promised(h, resource)).distinct().sorted().toArray();
            sizes[r] = IntStream.range(0, ascending.length).mapToLong(i -> ascending[ascending.length - 1 - i]).toArray();
            counts[r] = new int[ascending.length];
            average[r] = IntStream.range(0, state.hosts()).mapToLong(h -> state.promised(h, resource)).average().orElse(1);
            for (int h = 0; h < state.hosts(); h++) {
                sizeOf[r][h] = ascending.length - 1 - Arrays.binarySearch(ascending, state.promised(h, r));
            }
        }
        for (int h = 0; h < state.hosts(); h++) {
            if (state.host(h).usable() && (!wanted.usedOnly() || state.running(h) > 0)) {
                opened(h, 1);
            }
        }
        for (int v = 0; v < state.vees(); v++) {
            if (state.hostOf(v) != State.NOWHERE) {
                took(v, 1);
            }
        }
    }

    /** A host came into use ({@code sign} 1) or became empty (-1). */
    void used(int host, int sign) {
        if (wanted.usedOnly() && state.host(host).usable()) {
            opened(host, sign);
        }
    }

    private void opened(int host, int sign) {
        for (int r = 0; r < sizes.length; r++) {
            counts[r][sizeOf[r][host]] += sign;
        }
    }

    void took(int vee, int sign) {
        for (int r = 0; r < taken.length; r++) {
            taken[r] += sign * state.asked(vee, r);
        }
    }

    /** In average hosts, over all resources. */
    double missing() {
        double sum = 0;
        for (int r = 0; r < taken.length; r++) {
            long room = 0;
            int lost = wanted.failures();
            for (int i = 0; i < sizes[r].length; i++) {
                int gone = Math.min(lost, counts[r][i]);
                lost -= gone;
                room += sizes[r][i] * (counts[r][i] - gone);
            }
            sum += taken[r] > room && average[r] > 0 ? (taken[r] - room) / average[r] : 0;
        }
        return sum;
    }
}
