package org.reservoir.monitoring.wire;

/**
 * The frame: what travels in one datagram, or as one message of an ordered stream.
 * <pre>
 * 0   'R' 'M'            magic
 * 2   version            1
 * 3   kind               {@link #DATA} …
 * 4   source             8 bytes
 * 12  number             8 bytes; counts the frames of one direction, never used twice (also the seal's nonce)
 * 20  body               sealed when there is a key: then 16 more bytes follow it
 * </pre>
 * Body of DATA: base time (var, ms), then groups until the end. Group: number of attributes (1 byte), their types (4 bits each),
 * number of rows (2 bytes), rows. Row: stream, zigzag difference from the row before, shifted left by one, lowest bit set when
 * attributes are missing (var); if so, a bit for each attribute that is there (var); lowest 16 bits of the stream's sequence
 * number; time, difference from the row before (signed var, ms); values in order. Each frame can be read by itself, its types
 * included; only names come from TELL frames. DELTA is the same on an ordered stream, but numbers are differences from the
 * stream's row before, which both ends remember from the beginning of the connection. ALIVE: nothing, or what the source says of itself. ORDER stands under the id of the controller
 * that sends it; its body: source (8 bytes), order's number (var), who orders, the order. ANSWER: controller (8 bytes), order's
 * number, the answer. ACK: a spool's id (8 bytes) and the number (var) up to which its rows are taken. All numbers little endian.
 */
public final class Frame {
    public static final int HEADER = 20;
    static final int SEAL = 16;
    static final byte VERSION = 1;
    static final int DATA = 0;
    static final int DELTA = 1;
    static final int TELL = 2;
    static final int ALIVE = 3;
    static final int ORDER = 4;
    static final int ANSWER = 5;
    static final int ACK = 6;
    static final int HELLO = 7;
    /** Measurements for accounting: see {@link Pump}. */
    static final int KEPT = 8;
    /** Directions, for {@link Seal}. */
    static final int TO_LISTENER = 0;
    static final int TO_SOURCE = 1;
    static final int ORDERS = 2;
    static final int ANSWERS = 3;
    /** Largest frame in a datagram: fits an Ethernet frame under IPv6 and an overlay. */
    public static final int DATAGRAM = 1_300;
    /** Largest frame on an ordered stream. */
    public static final int LARGEST = 1 << 16;

    private Frame() {}

    static void putHeader(byte[] frame, int kind, long source, long number) {
        frame[0] = 'R';
        frame[1] = 'M';
        frame[2] = VERSION;
        frame[3] = (byte) kind;
        var out = new Cursor().over(frame, 4, HEADER);
        out.putLong(source);
        out.putLong(number);
    }

    /** To count from where no process before us can have been: a frame's number is its seal's nonce, and a source's id may come again. */
    static long firstNumber() {
        return System.currentTimeMillis() << 20 | new java.security.SecureRandom().nextInt(1 << 20);
    }

    static boolean isFrame(byte[] frame, int length) {
        return length >= HEADER && frame[0] == 'R' && frame[1] == 'M' && frame[2] == VERSION && frame[3] >= DATA && frame[3] <= KEPT;
    }

    static int kind(byte[] frame) {
        return frame[3];
    }

    static long source(byte[] frame) {
        return new Cursor().over(frame, 4, HEADER).takeLong();
    }

    static long number(byte[] frame) {
        return new Cursor().over(frame, 12, HEADER).takeLong();
    }
}
