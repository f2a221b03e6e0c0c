package org.reservoir.monitoring.wire;

import java.util.Arrays;

/** Lets each frame number of one source through once, up to 1024 out of order; counts what never came. As in RFC 6479. */
final class ReplayGuard {
    private static final int WIDTH = 1024;
    private final long[] seen = new long[WIDTH / 64];
    private long highest = -1;
    private long passed;
    private long first = -1;

    /** Whether this number is new. */
    boolean passes(long number) {
        if (number < 0 || number <= highest - WIDTH) {
            return false;
        }
        if (number > highest) {
            forget(number);
            highest = number;
        } else if ((seen[word(number)] >>> number & 1) != 0) {
            return false;
        }
        seen[word(number)] |= 1L << number;
        first = first < 0 ? number : first;
        passed++;
        return true;
    }

    /** Frames that were sent after the first that came, and did not come (yet). */
    long missing() {
        return first < 0 ? 0 : Math.max(0, highest - first + 1 - passed);
    }

    private void forget(long number) {
        if (highest < 0 || number - highest >= WIDTH) {
            Arrays.fill(seen, 0);
            return;
        }
        for (long gone = highest + 1; gone <= number; gone++) {
            seen[word(gone)] &= ~(1L << gone);
        }
    }

    private static int word(long number) {
        return (int) (number >>> 6 & WIDTH / 64 - 1);
    }
}
