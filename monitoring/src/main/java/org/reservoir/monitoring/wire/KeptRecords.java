package org.reservoir.monitoring.wire;

import java.util.function.LongFunction;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamKey;

/**
 * How kept measurements stand one by one, in a {@link Spool} and in KEPT frames alike: the kind (1 byte), the length (4 bytes), then
 * for a word what it says (its source, 8 bytes; the word), for a row its source (8 bytes), sequence number (var) and a DATA body
 * of it alone. A row's word comes before it. This reads them, {@link KeptWriter} writes them. Not for several threads.
 */
final class KeptRecords {
    static final int WORD = 1;
    static final int ROW = 2;
    private static final int MOST_STREAMS = 100_000;

    /** Port: what becomes of a row that was read. */
    interface Taker {
        /** False when it could not be taken: reading ends there. */
        boolean kept(StreamInfo stream, long sequence, Row row);
    }

    private record Known(StreamInfo stream, Row row) {}

    private final Collector.Bounded<StreamKey, Known> streams = new Collector.Bounded<>(MOST_STREAMS);
    private final FrameReader reader = FrameReader.selfContained();
    private final LongFunction<SourceId> sources;

    /** @param sources the source that a number in the records stands for */
    KeptRecords(LongFunction<SourceId> sources) {
        this.sources = sources;
    }

    /** The kind of the record that begins here, and {@link #lengthAt}, tell whether and how to go on; 0 when there is none. */
    static int kindAt(Cursor in) {
        return in.left() < 5 ? 0 : in.bytes[in.at];
    }

    /** Bytes of the record that begins here, head included; -1 when it is not whole. */
    static int lengthAt(Cursor in) {
        int at = in.at;
        in.at++;
        int length = in.takeInt();
        in.at = at;
        return length < 8 || length > Frame.LARGEST || length + 5 > in.left() ? -1 : length + 5;
    }

    /** Takes note of the word that begins here; false when it is none. */
    boolean word(Cursor in) {
        int end = in.at + lengthAt(in);
        in.at += 5;
        var source = sources.apply(in.takeLong());
        var told = Words.told(in, source);
        if (told.isEmpty() || in.at != end) {
            return false;
        }
        var stream = told.get().stream();
        var known = streams.get(stream.key());
        if (known == null || !known.stream.equals(stream)) {
            streams.put(stream.key(), new Known(stream, new Row(stream.schema())));
        }
        return true;
    }

    /** Reads the row that begins here; false when it is none, of an unknown stream, or was not taken. */
    boolean row(Cursor in, Taker taker) {
        int end = in.at + lengthAt(in);
        in.at += 5;
        var source = sources.apply(in.takeLong());
        long sequence = in.takeVar();
        var one = new One(source, sequence, taker);
        boolean whole = !in.broken && in.at <= end && reader.read(in.bytes, in.at, end, one);
        in.at = end;
        return whole && one.taken;
    }

    private final class One implements FrameReader.Taker {
        private final SourceId source;
        private final long sequence;
        private final Taker taker;
        private int rows;
        boolean taken;

        One(SourceId source, long sequence, Taker taker) {
            this.source = source;
            this.sequence = sequence;
            this.taker = taker;
        }

        @Override
        public Row row(int stream) {
            return stream > 0 ? streams.find(new StreamKey(source, stream)).map(Known::row).orElse(FrameReader.UNKNOWN) : FrameReader.UNKNOWN;
        }

        @Override
        public void taken(int stream, int low, Row row) {
            if (rows++ == 0 && low == (sequence & 0xffff)) {
                taken = taker.kept(streams.get(new StreamKey(source, stream)).stream, sequence, row);
            }
        }
    }
}
