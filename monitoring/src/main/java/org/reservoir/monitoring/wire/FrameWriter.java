package org.reservoir.monitoring.wire;

import java.util.Arrays;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.ValueType;

/**
 * Puts measurements into frames (see {@link Frame}), as many as fit. Makes no garbage. The body is written from
 * {@link Frame#HEADER} on; header and seal are added by whoever sends it.
 */
public final class FrameWriter {
    private static final byte[] NONE = {};

    private final byte[] frame;
    private final int limit;
    private final Cursor out = new Cursor();
    private final DeltaMemory memory;
    private byte[] group = NONE;
    private int groupSize;
    private int groupCountAt;
    private int groupRows;
    private int rows;
    private int lastStream;
    private long lastTime;

    private FrameWriter(int largest, DeltaMemory memory) {
        this.limit = largest - Frame.SEAL;
        this.frame = new byte[largest + Cursor.SLACK];
        this.memory = memory;
        clear();
    }

    /** For transports that lose and reorder: each frame stands for itself. @param largest bytes of a whole frame */
    public static FrameWriter selfContained(int largest) {
        return new FrameWriter(largest, null);
    }

    /** For one connection of an ordered transport: numbers as differences. */
    public static FrameWriter ordered(int largest) {
        return new FrameWriter(largest, new DeltaMemory());
    }

    /** Begins an empty frame. */
    public void clear() {
        out.over(frame, Frame.HEADER, limit);
        group = NONE;
        groupSize = 0;
        groupRows = 0;
        rows = 0;
        lastStream = 0;
        lastTime = 0;
    }

    /**
     * Adds a measurement. False when it does not fit into what is left of the frame, which is then as before; a measurement
     * that does not even fit into an empty frame never will.
     */
    public boolean add(int stream, long sequence, Row row) {
        int before = out.at;
        if (!Values.fits(out, row)) {
            return false;
        }
        if (rows == 0) {
            lastTime = row.at();
            out.putVar(lastTime);
        }
        boolean sameGroup = groupRows > 0 && groupRows < 0xffff && groupSize == row.schema().size() && Arrays.equals(group, row.signature());
        if (!sameGroup) {
            beginGroup(row);
        }
        if (!putRow(stream, sequence, row)) {
            out.at = before;
            if (!sameGroup) {
                groupRows = 0; // the group before stays closed; the next row begins its own
            }
            return false;
        }
        groupRows++;
        rows++;
        int end = out.at;
        out.at = groupCountAt;
        out.putShort(groupRows);
        out.at = end;
        lastStream = stream;
        lastTime = row.at();
        if (memory != null) {
            memory.keep(stream, row);
        }
        return true;
    }

    public int rows() {
        return rows;
    }

    /** The frame's bytes; the body lies from {@link Frame#HEADER} to {@link #end}. */
    public byte[] frame() {
        return frame;
    }

    /** Where the body ends. */
    public int end() {
        return out.at;
    }

    private void beginGroup(Row row) {
        group = row.signature();
        groupSize = row.schema().size();
        groupRows = 0;
        out.putByte(groupSize);
        for (byte types : group) {
            out.putByte(types);
        }
        groupCountAt = out.at;
        out.putShort(0);
    }

    private boolean putRow(int stream, long sequence, Row row) {
        int size = row.schema().size();
        long all = size == 64 ? -1L : (1L << size) - 1;
        long present = row.present() & all;
        long step = (long) stream - lastStream;
        out.putVar((step << 1 ^ step >> 63) << 1 | (present == all ? 0 : 1));
        if (present != all) {
            out.putVar(present);
        }
        out.putShort((int) sequence);
        out.putSigned(row.at() - lastTime);
        var before = memory == null ? null : memory.of(stream, row.signature(), size);
        for (int i = 0; i < size; i++) {
            if ((present >>> i & 1) != 0 && !putValue(row, i, before)) {
                return false;
            }
        }
        return true;
    }

    private boolean putValue(Row row, int i, long[] before) {
        ValueType type = row.type(i);
        if (!type.isNumber()) {
            return Values.putThing(out, type, row.thing(i)) && out.left() >= Values.LONGEST_NUMBER * (row.schema().size() - i);
        }
        if (before != null) {
            Values.putDelta(out, type, row.bits(i), before[i]);
        } else {
            Values.putNumber(out, type, row.bits(i));
        }
        return true;
    }
}
