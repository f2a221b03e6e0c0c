package org.reservoir.monitoring.wire;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;

/** Measurements that wait for a connection, a bounded number: the newest stay, those they push out are counted. Not for several threads. */
final class RowRing {
    private final StreamInfo[] streams;
    private final long[] sequences;
    private final Row[] rows;
    private int first;
    private int size;
    private long pushedOut;

    RowRing(int most) {
        streams = new StreamInfo[most];
        sequences = new long[most];
        rows = new Row[most];
    }

    int most() {
        return rows.length;
    }

    int size() {
        return size;
    }

    long pushedOut() {
        return pushedOut;
    }

    /** Copies a measurement in; the places' rows are used again. */
    void add(StreamInfo stream, long sequence, Row row) {
        if (size == rows.length) {
            drop();
            pushedOut++;
        }
        int at = (first + size++) % rows.length;
        streams[at] = stream;
        sequences[at] = sequence;
        if (rows[at] == null || !rows[at].schema().equals(row.schema())) {
            rows[at] = new Row(row.schema());
        }
        rows[at].copy(row);
    }

    /** Puts the oldest into a frame while they fit. @return how many could never fit into any and are gone */
    int drainTo(FrameWriter writer) {
        int impossible = 0;
        while (size > 0) {
            if (!writer.add(streams[first].number(), sequences[first], rows[first])) {
                if (writer.rows() > 0) {
                    break;
                }
                impossible++;
            }
            drop();
        }
        return impossible;
    }

    private void drop() {
        streams[first] = null;
        first = (first + 1) % rows.length;
        size--;
    }
}
