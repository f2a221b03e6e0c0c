package org.reservoir.monitoring.wire;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/** Writes {@link KeptRecords}. Not for several threads. */
final class KeptWriter {
    private final FrameWriter writer = FrameWriter.selfContained(Frame.LARGEST);

    /** False when it does not fit. */
    static boolean putWord(Cursor out, StreamInfo stream) {
        int before = out.at;
        if (out.left() < 16) {
            return false;
        }
        int length = begin(out, KeptRecords.WORD);
        out.putLong(stream.source().value());
        if (!Words.put(out, new Words.Told(stream, StreamState.ON, ""))) {
            out.at = before;
            return false;
        }
        return end(out, length);
    }

    /** False when it does not fit. */
    boolean putRow(Cursor out, StreamInfo stream, long sequence, Row row) {
        writer.clear();
        if (!writer.add(stream.number(), sequence, row) || out.left() < writer.end() - Frame.HEADER + 32) {
            return false;
        }
        int length = begin(out, KeptRecords.ROW);
        out.putLong(stream.source().value());
        out.putVar(sequence);
        out.copy(writer.frame(), Frame.HEADER, writer.end() - Frame.HEADER);
        return end(out, length);
    }

    private static int begin(Cursor out, int kind) {
        out.putByte(kind);
        out.at += 4;
        return out.at;
    }

    private static boolean end(Cursor out, int from) {
        int to = out.at;
        out.at = from - 4;
        out.putInt(to - from);
        out.at = to;
        return true;
    }
}
