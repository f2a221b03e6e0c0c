package org.reservoir.placement;

/** The hosts that changed last, in a ring, for indexes that follow. */
final class Changes {
    private final int[] ring;
    private long count;

    Changes(int hosts) {
        ring = new int[Integer.highestOneBit(Math.max(32, hosts)) << 1];
    }

    void note(int host) {
        ring[(int) count++ & ring.length - 1] = host;
    }

    /** How many there have been. */
    long count() {
        return count;
    }

    /** How many of the last are known. */
    int remembered() {
        return ring.length;
    }

    /** The host of one of those that are remembered. */
    int host(long change) {
        return ring[(int) change & ring.length - 1];
    }
}
