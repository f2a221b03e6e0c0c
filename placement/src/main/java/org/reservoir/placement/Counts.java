package org.reservoir.placement;

import java.util.Arrays;

/** Counters by (group, location): open addressing, zero where nothing was added. Keys are never removed, only their counts go down. */
final class Counts {
    private static final long FREE = Long.MIN_VALUE;
    private long[] keys = new long[64];
    private int[] counts = new int[64];
    private int size;

    Counts() {
        Arrays.fill(keys, FREE);
    }

    int of(int group, int location) {
        int slot = slot(key(group, location));
        return keys[slot] == FREE ? 0 : counts[slot];
    }

    /** Adds and gives the new count. */
    int add(int group, int location, int change) {
        long key = key(group, location);
        int slot = slot(key);
        if (keys[slot] == FREE) {
            if (2 * ++size > keys.length) {
                grow();
                slot = slot(key);
            }
            keys[slot] = key;
        }
        return counts[slot] += change;
    }

    private static long key(int group, int location) {
        return (long) group << 32 | location;
    }

    private int slot(long key) {
        int mask = keys.length - 1;
        int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 40) & mask;
        while (keys[slot] != FREE && keys[slot] != key) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        var oldKeys = keys;
        var oldCounts = counts;
        keys = new long[2 * oldKeys.length];
        counts = new int[2 * oldKeys.length];
        Arrays.fill(keys, FREE);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != FREE) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                counts[slot] = oldCounts[i];
            }
        }
    }
}
