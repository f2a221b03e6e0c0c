package org.reservoir.store;

import org.reservoir.kernel.Refused;

/**
 * A place in the order of events: the event there and all before it have been read. Written as {@code 1234.0}, for example in
 * {@code Last-Event-ID}.
 *
 * @param transaction the writing transaction's number
 * @param nr          the event within it, from 0
 */
public record Cursor(long transaction, int nr) implements Comparable<Cursor> {
    /** Before every event. */
    public static final Cursor START = new Cursor(0, 0);

    public static Cursor parse(String text) {
        try {
            int dot = text.indexOf('.');
            return new Cursor(Long.parseUnsignedLong(text, 0, dot, 10), Integer.parseUnsignedInt(text, dot + 1, text.length(), 10));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw Refused.invalid("EVENT_CURSOR_MALFORMED", "'%s' is no place in the order of events".formatted(text), "send the id of the last event received");
        }
    }

    @Override
    public int compareTo(Cursor other) {
        return transaction != other.transaction ? Long.compare(transaction, other.transaction) : Integer.compare(nr, other.nr);
    }

    @Override
    public String toString() {
        return transaction + "." + nr;
    }
}
