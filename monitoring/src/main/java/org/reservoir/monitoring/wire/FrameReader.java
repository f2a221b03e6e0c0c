package org.reservoir.monitoring.wire;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;

/**
 * Takes measurements out of frames' bodies (see {@link Frame}). Whatever the bytes are, it ends, reads nothing outside them and
 * throws nothing. One reader per connection, or one for all datagrams; not for several threads.
 */
public final class FrameReader {

    /** Port: what becomes of each measurement. */
    public interface Taker {
        /**
         * The row to read a stream's values into; its types must be those of the frame, else the values are passed over.
         * {@link #UNKNOWN} for a stream of which nothing is known or wanted.
         */
        Row row(int stream);

        /** A measurement was read into the row. @param low the lowest 16 bits of its sequence number */
        void taken(int stream, int low, Row row);

        /** A measurement was passed over: of an unknown stream, or of other types than were told. @param low as above */
        default void passedOver(int stream, int low) {}
    }

    /** Stands for "no such stream"; its types are nobody's. */
    public static final Row UNKNOWN = new Row(new Schema("unknown", java.util.Collections.nCopies(1, Schema.Attribute.of("x", ValueType.BOOLEAN))));

    private final Cursor in = new Cursor();
    private final DeltaMemory memory;
    /** Streams of which a row was passed over whose numbers there was no room for: what follows on this connection differs from what nobody knows. */
    private final BitSet spoiled = new BitSet();

    private FrameReader(DeltaMemory memory) {
        this.memory = memory;
    }

    public static FrameReader selfContained() {
        return new FrameReader(null);
    }

    public static FrameReader ordered() {
        return new FrameReader(new DeltaMemory());
    }

    /**
     * Reads a body.
     *
     * @param frame must be {@link Cursor#SLACK} bytes longer than {@code to}
     * @return whether all of it could be read; what was taken before a fault stays taken
     */
    public boolean read(byte[] frame, int from, int to, Taker taker) {
        in.over(frame, from, to);
        long time = in.takeVar();
        int stream = 0;
        while (in.left() > 0 && !in.broken) {
            int size = in.takeByte();
            int types = in.at;
            in.at += (size + 1) / 2;
            if (size == 0 || size > Schema.MOST_ATTRIBUTES || in.left() < 2 || !areTypes(frame, types, size)) {
                return false;
            }
            int rows = in.takeShort();
            for (int i = 0; i < rows && !in.broken; i++) {
                long head = in.takeVar();
                long present = (head & 1) == 0 ? -1L : in.takeVar();
                int low = in.takeShort();
                time += in.takeSigned();
                head >>>= 1;
                stream += (int) (head >>> 1 ^ -(head & 1));
                readRow(frame, types, size, stream, low, present, time, taker);
            }
        }
        return !in.broken;
    }

    private void readRow(byte[] frame, int types, int size, int stream, int low, long present, long time, Taker taker) {
        var row = taker.row(stream);
        boolean known = row != UNKNOWN && !isSpoiled(stream) && row.schema().size() == size
                && Arrays.equals(row.signature(), 0, row.signature().length, frame, types, types + (size + 1) / 2);
        if (!known) {
            passOver(frame, types, size, stream, low, present, taker);
            return;
        }
        row.begin(time);
        var before = memory == null ? null : memory.of(stream, row.signature(), size);
        for (int i = 0; i < size; i++) {
            if ((present >>> i & 1) != 0) {
                takeValue(row, i, before);
            }
        }
        if (!in.broken) {
            if (memory != null) {
                memory.keep(stream, row);
            }
            taker.taken(stream, low, row);
        }
    }

    private void takeValue(Row row, int i, long[] before) {
        var type = row.type(i);
        if (!type.isNumber()) {
            row.set(i, Values.takeThing(in, type));
        } else if (before != null) {
            row.setBits(i, Values.takeDelta(in, type, before[i]));
        } else {
            row.setBits(i, Values.takeNumber(in, type));
        }
    }

    private void passOver(byte[] frame, int types, int size, int stream, int low, long present, Taker taker) {
        var before = memory == null || isSpoiled(stream) ? Optional.<long[]>empty() : memory.follow(stream, Arrays.copyOfRange(frame, types, types + (size + 1) / 2), size);
        for (int i = 0; i < size && !in.broken; i++) {
            if ((present >>> i & 1) != 0) {
                passOver(type(frame, types, i), i, before);
            }
        }
        if (memory != null && before.isEmpty() && stream >= 0) {
            spoiled.set(stream);
        }
        if (!in.broken) {
            taker.passedOver(stream, low);
        }
    }

    private void passOver(ValueType type, int i, Optional<long[]> before) {
        if (before.isPresent() && type.isNumber()) {
            before.get()[i] = Values.takeDelta(in, type, before.get()[i]);
        } else {
            Values.skip(in, type, memory != null);
        }
    }

    private boolean isSpoiled(int stream) {
        return memory != null && stream >= 0 && spoiled.get(stream);
    }

    private static boolean areTypes(byte[] frame, int types, int size) {
        for (int i = 0; i < size; i++) {
            if (ValueType.ofOrdinal(ordinal(frame, types, i)).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static ValueType type(byte[] frame, int types, int i) {
        return ValueType.ofOrdinal(ordinal(frame, types, i)).orElseThrow();
    }

    private static int ordinal(byte[] frame, int types, int i) {
        return frame[types + i / 2] >>> 4 * (i % 2) & 0xf;
    }
}
