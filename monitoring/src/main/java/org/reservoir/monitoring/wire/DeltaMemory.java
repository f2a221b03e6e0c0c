package org.reservoir.monitoring.wire;

import java.util.Arrays;

import org.reservoir.monitoring.probe.Row;

/** What both ends of an ordered connection remember: the numbers of each stream's last row. Grows with the highest stream number, up to a bound. */
final class DeltaMemory {
    static final int MOST_STREAMS = 1 << 18;
    private static final long[] NOTHING_YET = new long[64];

    private record Remembered(byte[] signature, long[] bits) {}

    private Remembered[] streams = new Remembered[64];

    /** The numbers of the row before; zeros when there is none, or it was of other types. Not to be changed. */
    long[] of(int stream, byte[] signature, int size) {
        var known = stream >= 0 && stream < streams.length ? streams[stream] : null;
        return known != null && known.bits.length == size && Arrays.equals(known.signature, signature) ? known.bits : NOTHING_YET;
    }

    void keep(int stream, Row row) {
        if (stream < 0 || stream >= MOST_STREAMS) {
            return;
        }
        if (stream >= streams.length) {
            streams = Arrays.copyOf(streams, Math.min(MOST_STREAMS, Math.max(stream + 1, streams.length * 2)));
        }
        int size = row.schema().size();
        var known = streams[stream];
        if (known == null || known.bits.length != size || !Arrays.equals(known.signature, row.signature())) {
            known = new Remembered(row.signature(), new long[size]);
            streams[stream] = known;
        }
        for (int i = 0; i < size; i++) {
            if (row.has(i) && row.type(i).isNumber()) {
                known.bits[i] = row.bits(i);
            }
        }
    }
}
