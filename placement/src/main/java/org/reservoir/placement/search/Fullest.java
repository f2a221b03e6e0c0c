package org.reservoir.placement.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.reservoir.placement.State;

/** Hosts by how much is free of each resource: finds the fullest that take a VEE without a look at all of them. */
final class Fullest {
    private static final int LEVELS = 2048;
    private static final int LOOKS = 256;
    private static final int CANDIDATES = 24;
    private final Board board;
    private final State state;
    /** By resource and level of what is free: the hosts. */
    private final BitSet[][] byFree;
    private final BitSet[] levels;
    private final int[] levelOf;
    private final boolean[] in;
    private final long[] most;
    private final List<Integer> touched = new ArrayList<>();

    Fullest(Board board, boolean[] hosts) {
        this.board = board;
        this.state = board.state;
        int width = state.resources();
        // one more than resources: how much more is free of the first than of the second
        byFree = new BitSet[width + 1][LEVELS + 1];
        levels = new BitSet[width + 1];
        Arrays.setAll(levels, _ -> new BitSet(LEVELS + 1));
        levelOf = new int[board.hosts * (width + 1)];
        in = new boolean[board.hosts];
        most = new long[width];
        for (int h = 0; h < board.hosts; h++) {
            for (int r = 0; r < width; r++) {
                most[r] = Math.max(most[r], state.promised(h, r));
            }
        }
        for (int h = 0; h < board.hosts; h++) {
            if (hosts[h]) {
                add(h);
            }
        }
    }

    boolean holds(int host) {
        return host != State.NOWHERE && in[host];
    }

    void add(int host) {
        if (!board.open(host) || !state.host(host).usable()) {
            return;
        }
        in[host] = true;
        for (int r = 0; r <= most.length; r++) {
            int level = r == most.length ? lean(host) : level(Math.max(0, state.free(host, r)), r);
            levelOf[host * (most.length + 1) + r] = level;
            if (byFree[r][level] == null) {
                byFree[r][level] = new BitSet(board.hosts);
            }
            byFree[r][level].set(host);
            levels[r].set(level);
        }
    }

    /** Rounded down: below the level of what a VEE asks for there is no room for it. */
    private int level(long amount, int r) {
        return most[r] == 0 ? 0 : (int) Math.min(LEVELS, amount * (double) LEVELS / most[r]);
    }

    void remove(int host) {
        if (!in[host]) {
            return;
        }
        in[host] = false;
        for (int r = 0; r <= most.length; r++) {
            int level = levelOf[host * (most.length + 1) + r];
            byFree[r][level].clear(host);
            if (byFree[r][level].isEmpty()) {
                levels[r].clear(level);
            }
        }
    }

    private void changed(int host) {
        if (in[host]) {
            remove(host);
            add(host);
        }
    }

    void remember() {
        touched.clear();
    }

    /** After what was done since {@link #remember} was undone. */
    void refresh() {
        touched.forEach(this::changed);
    }

    /** Moves the VEE to one of the fullest hosts that take it: where what is left is the most even, so that no resource is left over alone. */
    boolean takes(int vee) {
        int best = leaning(vee);
        if (best == State.NOWHERE) {
            best = best(vee, largestShare(vee));
        }
        for (int r = 0; r < most.length && best == State.NOWHERE; r++) {
            best = emptiest(vee, r);
        }
        if (best == State.NOWHERE || !board.move(vee, best)) {
            return false;
        }
        changed(best);
        touched.add(best);
        return true;
    }

    /** Which way what is free leans: the middle level where as much is free of the first resource as of the second. */
    private int lean(int host) {
        return Math.clamp(Math.round((1 + share(state.free(host, 0), 0) - share(state.free(host, second()), second())) * LEVELS / 2), 0, LEVELS);
    }

    private double share(long amount, int r) {
        return most[r] == 0 ? 0 : Math.max(0, amount) / (double) most[r];
    }

    private int second() {
        return Math.min(1, most.length - 1);
    }

    /** For a VEE that asks for more of one resource: the host that has most more of it. So what is free becomes even, and fits others. */
    private int leaning(int vee) {
        double lean = share(state.asked(vee, 0), 0) - share(state.asked(vee, second()), second());
        if (Math.abs(lean) * LEVELS < 1) {
            return State.NOWHERE;
        }
        var hosts = levels[most.length];
        int looks = 0;
        for (int level = lean > 0 ? hosts.length() - 1 : hosts.nextSetBit(0); level >= 0 && looks < LOOKS; level = lean > 0 ? hosts.previousSetBit(level - 1) : hosts.nextSetBit(level + 1)) {
            for (int host = byFree[most.length][level].nextSetBit(0); host >= 0 && looks < LOOKS; host = byFree[most.length][level].nextSetBit(host + 1), looks++) {
                if (host != board.at(vee) && state.fits(vee, host) && board.mayGo(vee, host)) {
                    return host;
                }
            }
        }
        return State.NOWHERE;
    }

    private int best(int vee, int r) {
        int best = State.NOWHERE;
        double least = Double.POSITIVE_INFINITY;
        int looks = 0;
        int candidates = 0;
        for (int level = levels[r].nextSetBit(level(state.asked(vee, r), r)); level >= 0 && looks < LOOKS && candidates < CANDIDATES; level = levels[r].nextSetBit(level + 1)) {
            for (int host = byFree[r][level].nextSetBit(0); host >= 0 && looks < LOOKS && candidates < CANDIDATES; host = byFree[r][level].nextSetBit(host + 1), looks++) {
                if (host != board.at(vee) && state.fits(vee, host) && board.mayGo(vee, host)) {
                    candidates++;
                    double uneven = uneven(vee, host);
                    if (uneven < least) {
                        least = uneven;
                        best = host;
                    }
                }
            }
        }
        return best;
    }

    /** When the fullest have too little of another resource: one of those with the most of this one. */
    private int emptiest(int vee, int r) {
        int least = level(state.asked(vee, r), r);
        int looks = 0;
        for (int level = levels[r].length() - 1; level >= least && looks < LOOKS; level = levels[r].previousSetBit(level - 1)) {
            for (int host = byFree[r][level].nextSetBit(0); host >= 0 && looks < LOOKS; host = byFree[r][level].nextSetBit(host + 1), looks++) {
                if (host != board.at(vee) && state.fits(vee, host) && board.mayGo(vee, host)) {
                    return host;
                }
            }
        }
        return State.NOWHERE;
    }

    private int largestShare(int vee) {
        int largest = 0;
        for (int r = 1; r < most.length; r++) {
            if (state.asked(vee, r) * (double) Math.max(1, most[largest]) > state.asked(vee, largest) * (double) Math.max(1, most[r])) {
                largest = r;
            }
        }
        return largest;
    }

    /** Of the free shares, when the VEE is there. */
    private double uneven(int vee, int host) {
        double largest = 0;
        double least = 1;
        for (int r = 0; r < most.length; r++) {
            long there = state.promised(host, r);
            if (there > 0) {
                double free = (double) (state.free(host, r) - state.asked(vee, r)) / there;
                largest = Math.max(largest, free);
                least = Math.min(least, free);
            }
        }
        return largest - least;
    }
}
