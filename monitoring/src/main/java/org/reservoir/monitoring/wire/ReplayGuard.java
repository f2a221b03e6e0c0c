package org.reservoir.monitoring.wire;

import java.util.Arrays;

/** Lets each frame number of one source through once, up to 1024 out of order; counts what never came. As in RFC 6479. */
final class ReplayGuard {
    private static final int WIDTH = 1024;
    /** No source loses so many at once: it began again, with a number of its clock (see {@link Frame#firstNumber}). */
    private static final long ANOTHER_BEGIN = 1L << 29;
    private final long[] seen = new long[WIDTH / 64];
    private long highest = -1;
    private long passed;
    private long first = -1;
    /** Of what it had sent before it began again. */
    private long before;

    /** Whether this number is new. */
    boolean passes(long number) {
        if (number < 0 || number <= highest - WIDTH) {
            return false;
        }
        if (number > highest) {
            if (first < 0 || number - highest > ANOTHER_BEGIN) {
                begin(number);
            }
            forget(number);
            highest = number;
        } else if ((seen[word(number)] >>> number & 1) != 0) {
            return false;
        }
        seen[word(number)] |= 1L << number;
        passed++;
        return true;
    }

    /** Frames that were sent after the first that came, and did not come (yet). */
    long missing() {
        return before + of();
    }

    private long of() {
        return first < 0 ? 0 : Math.max(0, highest - first + 1 - passed);
    }

    private void begin(long number) {
        before += of();
        first = number;
        passed = 0;
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
