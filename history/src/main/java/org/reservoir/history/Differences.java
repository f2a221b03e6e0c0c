package org.reservoir.history;

import java.nio.ByteBuffer;

/**
 * TsFile's encoding TS_2DIFF of whole numbers, a page at a time: blocks of a first number and up to 128 differences, each less the least of them,
 * packed in as many bits as the largest needs. A block is {@code int count, int width, long least, long first}, then the bits, all big-endian.
 * TsFile's own encoder and decoder take several times as long, for they go number by number and bit by bit. Not for several threads.
 */
final class Differences {
    private static final int BLOCK = 128;
    private static final int HEADER = 24;

    private final long[] deltas = new long[BLOCK];

    /** Bytes that so many numbers take at most. */
    static int most(int numbers) {
        return (numbers / (BLOCK + 1) + 1) * HEADER + numbers * Long.BYTES;
    }

    void write(long[] numbers, int from, int to, ByteBuffer into) {
        for (int begin = from; begin < to; begin += BLOCK + 1) {
            block(numbers, begin, Math.min(to - begin, BLOCK + 1) - 1, into);
        }
    }

    private void block(long[] numbers, int first, int count, ByteBuffer into) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            long delta = numbers[first + i + 1] - numbers[first + i];
            deltas[i] = delta;
            least = Math.min(least, delta);
        }
        long any = 0;
        for (int i = 0; i < count; i++) {
            deltas[i] -= least;
            any |= deltas[i];
        }
        int width = Long.SIZE - Long.numberOfLeadingZeros(any);
        into.putInt(count).putInt(width).putLong(least).putLong(numbers[first]);
        pack(count, width, into);
    }

    private void pack(int count, int width, ByteBuffer into) {
        long word = 0;
        int free = Long.SIZE;
        for (int i = 0; i < count; i++) {
            long delta = deltas[i];
            if (width < free) {
                free -= width;
                word |= delta << free;
            } else {
                int rest = width - free;
                into.putLong(word | delta >>> rest);
                free = Long.SIZE - rest;
                word = rest == 0 ? 0 : delta << free;
            }
        }
        for (int used = Long.SIZE - free; used > 0; used -= Byte.SIZE, word <<= Byte.SIZE) {
            into.put((byte) (word >>> Long.SIZE - Byte.SIZE));
        }
    }

    /** All numbers of {@code from}, of which there must be as many as {@code into} has room for. */
    static void read(ByteBuffer from, long[] into) {
        int at = 0;
        while (from.hasRemaining()) {
            int count = from.getInt();
            int width = from.getInt();
            long least = from.getLong();
            into[at++] = from.getLong();
            unpack(from, count, width, into, at);
            for (int end = at + count; at < end; at++) {
                into[at] += into[at - 1] + least;
            }
        }
        if (at != into.length) {
            throw new IllegalStateException("%d numbers where there should be %d".formatted(at, into.length));
        }
    }

    private static void unpack(ByteBuffer from, int count, int width, long[] into, int at) {
        int end = from.position() + (int) (((long) count * width + Byte.SIZE - 1) / Byte.SIZE);
        long word = 0;
        int left = 0;
        for (int i = 0; i < count; i++) {
            if (left >= width) {
                left -= width;
                into[at + i] = word >>> left & low(width);
            } else {
                int more = width - left;
                long high = word & low(left);
                left = Math.min(Long.BYTES, end - from.position()) * Byte.SIZE;
                word = word(from, left);
                left -= more;
                into[at + i] = high << more | word >>> left & low(more);
            }
        }
    }

    private static long word(ByteBuffer from, int bits) {
        if (bits == Long.SIZE) {
            return from.getLong();
        }
        long word = 0;
        for (int i = 0; i < bits; i += Byte.SIZE) {
            word = word << Byte.SIZE | from.get() & 0xff;
        }
        return word;
    }

    private static long low(int bits) {
        return bits == Long.SIZE ? -1 : (1L << bits) - 1;
    }
}
