package org.reservoir.monitoring.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes and reads a plain byte array, little endian. Whole numbers are prefix varints: the number of trailing zero bits of
 * the first byte says how many bytes follow, so that one 8-byte access reads any of up to 56 bits. The array must be
 * {@link #SLACK} bytes longer than what is ever written or read. Reading past the end sets {@link #broken} and yields zeros:
 * a frame from a stranger costs no exception.
 */
final class Cursor {
    static final int SLACK = 16;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    byte[] bytes;
    int at;
    int end;
    boolean broken;

    Cursor over(byte[] array, int from, int to) {
        bytes = array;
        at = from;
        end = to;
        broken = false;
        return this;
    }

    int left() {
        return end - at;
    }

    // ---- writing; the caller has made sure that there is room

    void putByte(int value) {
        bytes[at++] = (byte) value;
    }

    void putShort(int value) {
        SHORT.set(bytes, at, (short) value);
        at += 2;
    }

    void putInt(int value) {
        INT.set(bytes, at, value);
        at += 4;
    }

    void putLong(long value) {
        LONG.set(bytes, at, value);
        at += 8;
    }

    void putVar(long value) {
        int bits = 64 - Long.numberOfLeadingZeros(value | 1);
        if (bits > 56) {
            bytes[at] = 0;
            LONG.set(bytes, at + 1, value);
            at += 9;
            return;
        }
        int length = (bits + 6) / 7;
        LONG.set(bytes, at, (value << 1 | 1) << (length - 1));
        at += length;
    }

    void putSigned(long value) {
        putVar(value << 1 ^ value >> 63);
    }

    /** False when it does not fit; then nothing was written. */
    @SuppressWarnings("deprecation") // the old String.getBytes copies ASCII without garbage; that it drops high bytes is just right here
    boolean putText(String text) {
        int length = text.length();
        if (length + 9 > left()) {
            return false;
        }
        if (isAscii(text, length)) {
            putVar(length);
            text.getBytes(0, length, bytes, at);
            at += length;
            return true;
        }
        return putBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    boolean putBytes(byte[] value) {
        if (value.length + 9 > left()) {
            return false;
        }
        putVar(value.length);
        System.arraycopy(value, 0, bytes, at, value.length);
        at += value.length;
        return true;
    }

    /** The caller has made sure that there is room. */
    void copy(byte[] from, int start, int length) {
        System.arraycopy(from, start, bytes, at, length);
        at += length;
    }

    // ---- reading

    int takeByte() {
        return room(1) ? bytes[at++] & 0xff : 0;
    }

    int takeShort() {
        if (!room(2)) {
            return 0;
        }
        at += 2;
        return (short) SHORT.get(bytes, at - 2) & 0xffff;
    }

    int takeInt() {
        if (!room(4)) {
            return 0;
        }
        at += 4;
        return (int) INT.get(bytes, at - 4);
    }

    long takeLong() {
        if (!room(8)) {
            return 0;
        }
        at += 8;
        return (long) LONG.get(bytes, at - 8);
    }

    long takeVar() {
        long word = (long) LONG.get(bytes, at); // within the slack at worst
        if ((byte) word == 0) {
            at++;
            return takeLong();
        }
        int length = Long.numberOfTrailingZeros(word) + 1;
        if (!room(length)) {
            return 0;
        }
        at += length;
        return word << (64 - 8 * length) >>> (64 - 7 * length);
    }

    long takeSigned() {
        long value = takeVar();
        return value >>> 1 ^ -(value & 1);
    }

    String takeText() {
        return new String(takeBytes(), StandardCharsets.UTF_8);
    }

    byte[] takeBytes() {
        long length = takeVar();
        if (length < 0 || length > left()) {
            broken = true;
            return new byte[0];
        }
        var value = new byte[(int) length];
        System.arraycopy(bytes, at, value, 0, value.length);
        at += value.length;
        return value;
    }

    void skipBytes() {
        long length = takeVar();
        if (length < 0 || length > left()) {
            broken = true;
        } else {
            at += (int) length;
        }
    }

    private boolean room(int wanted) {
        if (wanted > end - at) {
            broken = true;
            at = end;
        }
        return !broken;
    }

    private static boolean isAscii(String text, int length) {
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }
}
