package org.reservoir.monitoring.wire;

import java.util.Arrays;
import java.util.Optional;

import org.reservoir.monitoring.probe.Row;

/**
 * What both ends of an ordered connection remember: the numbers of each stream's last row. Grows with the highest stream number, up to a bound; the numbers
 * of streams beyond it are differences from nothing, at both ends.
 */
final class DeltaMemory {
    private static final int MOST_STREAMS = 1 << 18;
    /** Streams of which nothing was told: nobody is made to remember more of them. */
    private static final int MOST_UNTOLD = 10_000;
    private static final long[] NOTHING_YET = new long[64];

    /** @param told whether the stream is known; at the end that writes all are */
    private record Remembered(byte[] signature, long[] bits, boolean told) {}

    private Remembered[] streams = new Remembered[64];
    private int untold;

    /** The numbers of the row before; zeros when there is none, or it was of other types. Not to be changed. */
    long[] of(int stream, byte[] signature, int size) {
        var known = stream >= 0 && stream < streams.length ? streams[stream] : null;
        return isOf(known, signature, size) ? known.bits : NOTHING_YET;
    }

    void keep(int stream, Row row) {
        if (stream < 0 || stream >= MOST_STREAMS) {
            return;
        }
        int size = row.schema().size();
        makeRoom(stream);
        var known = streams[stream];
        if (!isOf(known, row.signature(), size)) {
            remember(stream, new Remembered(row.signature(), new long[size], true));
        } else if (!known.told) {
            remember(stream, new Remembered(row.signature(), known.bits, true));
        }
        var bits = streams[stream].bits;
        for (int i = 0; i < size; i++) {
            if (row.has(i) && row.type(i).isNumber()) {
                bits[i] = row.bits(i);
            }
        }
    }

    /**
     * The numbers of the row before, of a stream that is not known here or of other types than were told. To be made those of the row that is read:
     * who writes goes on from them, so that the stream makes sense as soon as it is told of. Empty when there is no room for them.
     */
    Optional<long[]> follow(int stream, byte[] signature, int size) {
        if (stream < 0 || stream >= MOST_STREAMS) {
            return Optional.of(new long[size]);
        }
        makeRoom(stream);
        if (!isOf(streams[stream], signature, size)) {
            if (untold >= MOST_UNTOLD) {
                return Optional.empty();
            }
            remember(stream, new Remembered(signature, new long[size], false));
        }
        return Optional.of(streams[stream].bits);
    }

    private void remember(int stream, Remembered numbers) {
        var before = streams[stream];
        untold += (numbers.told ? 0 : 1) - (before == null || before.told ? 0 : 1);
        streams[stream] = numbers;
    }

    private static boolean isOf(Remembered known, byte[] signature, int size) {
        return known != null && known.bits.length == size && Arrays.equals(known.signature, signature);
    }

    private void makeRoom(int stream) {
        if (stream >= streams.length) {
            streams = Arrays.copyOf(streams, Math.min(MOST_STREAMS, Math.max(stream + 1, streams.length * 2)));
        }
    }
}
