package org.reservoir.placement;

import java.util.Arrays;

/** Counters by (group, location), neither negative: open addressing, zero where nothing is. A counter that goes back to zero gives its room back. */
final class Counts {
    private static final long FREE = -1;
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
            counts[slot] = 0;
        }
        int now = counts[slot] += change;
        if (now == 0) {
            free(slot);
        }
        return now;
    }

    private static long key(int group, int location) {
        return (long) group << 32 | location;
    }

    private int home(long key) {
        return (int) (key * 0x9E3779B97F4A7C15L >>> 40) & keys.length - 1;
    }

    private int slot(long key) {
        int slot = home(key);
        while (keys[slot] != FREE && keys[slot] != key) {
            slot = slot + 1 & keys.length - 1;
        }
        return slot;
    }

    /** Closes the gap: those behind that it kept from their home move up (Knuth, volume 3, algorithm 6.4 R). */
    private void free(int slot) {
        size--;
        int mask = keys.length - 1;
        int gap = slot;
        for (int at = gap + 1 & mask; keys[at] != FREE; at = at + 1 & mask) {
            if ((at - home(keys[at]) & mask) >= (at - gap & mask)) {
                keys[gap] = keys[at];
                counts[gap] = counts[at];
                gap = at;
            }
        }
        keys[gap] = FREE;
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
