package org.reservoir.history;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that grow, little-endian; numbers of few bits take few bytes (LEB128, signed ones in zigzag). */
final class Bytes {
    private static final VarHandle DOUBLE = MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

    /** Bytes of a number at most. */
    private static final int NUMBER = 10;

    private final int start;
    private byte[] bytes = new byte[4 << 10];
    private int size;

    /** @param start bytes left free at the begin */
    Bytes(int start) {
        this.start = start;
        size = start;
    }

    Bytes clear() {
        size = start;
        return this;
    }

    int size() {
        return size - start;
    }

    Bytes one(int value) {
        room(1);
        bytes[size++] = (byte) value;
        return this;
    }

    Bytes number(long value) {
        room(NUMBER);
        return roomy(value);
    }

    private Bytes roomy(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    Bytes signed(long value) {
        return number(value << 1 ^ value >> 63);
    }

    Bytes real(double value) {
        room(Double.BYTES);
        DOUBLE.set(bytes, size, value);
        size += Double.BYTES;
        return this;
    }

    /** The number of a line, a time in signed form, and so many values. */
    Bytes row(int line, long time, double[] values, int from, int width) {
        room(2 * NUMBER + width * Double.BYTES);
        roomy(line).roomy(time << 1 ^ time >> 63);
        for (int i = 0; i < width; i++, size += Double.BYTES) {
            DOUBLE.set(bytes, size, values[from + i]);
        }
        return this;
    }

    Bytes text(String text) {
        var encoded = text.getBytes(StandardCharsets.UTF_8);
        return number(encoded.length).raw(encoded);
    }

    /** Eight bytes, or as many as said, the lowest first. */
    Bytes fixed(long value) {
        return fixed(value, 8);
    }

    Bytes fixed(long value, int count) {
        room(count);
        for (int i = 0; i < count; i++) {
            bytes[size++] = (byte) (value >>> 8 * i);
        }
        return this;
    }

    Bytes raw(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, size, more.length);
        size += more.length;
        return this;
    }

    byte[] array() {
        return Arrays.copyOfRange(bytes, start, size);
    }

    ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes, 0, size).order(ByteOrder.LITTLE_ENDIAN);
    }

    static long number(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = from.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalStateException("a number has more than ten bytes");
    }

    static long signed(ByteBuffer from) {
        long value = number(from);
        return value >>> 1 ^ -(value & 1);
    }

    static String text(ByteBuffer from) {
        var encoded = new byte[(int) number(from)];
        from.get(encoded);
        return new String(encoded, StandardCharsets.UTF_8);
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
        }
    }
}
