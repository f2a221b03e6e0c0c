package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.util.Optional;

import org.reservoir.monitoring.probe.SourceId;

/** Reads the records of a {@link Spool} in order, also while it grows. Not for several threads. */
final class SpoolReader {
    private final Spool spool;
    private final byte[] bytes = new byte[2 * Frame.LARGEST + Cursor.SLACK];
    private Optional<SpoolFile> file = Optional.empty();
    private long offset;
    private int from;
    private int to;
    private long number;
    private final long after;

    SpoolReader(Spool spool, long after) {
        this.spool = spool;
        this.after = after;
    }

    /** One record. @param number its own when it is a row; 0 for a word; it lies in {@code bytes} at {@code from} to {@code to} as {@link KeptRecords} has it */
    record Found(byte[] bytes, int from, int to, long number, long origin, long originNumber) {}

    /** The next record: words, and rows after the one asked for. Its bytes are good until the next call. */
    Optional<Found> next() throws IOException {
        while (true) {
            if (file.isEmpty()) {
                file = spool.fileOf(after + 1);
                if (file.isEmpty()) {
                    return Optional.empty();
                }
                number = file.get().first - 1;
            }
            int whole = SpoolFile.wholeRecord(bytes, from, to);
            if (whole < 0) {
                if (!more()) {
                    return Optional.empty();
                }
                continue;
            }
            var found = found(whole);
            from += whole;
            if (found.number() == 0 || found.number() > after) {
                return Optional.of(found);
            }
        }
    }

    /** Gives rows away up to what is there now, or the taker stops. @return the number of the last that was taken */
    long all(Spool.Taker taker) throws IOException {
        var words = new KeptRecords(SourceId::new);
        var in = new Cursor();
        long reached = after;
        for (var found = next(); found.isPresent(); found = next()) {
            in.over(found.get().bytes(), found.get().from(), found.get().to());
            long here = found.get().number();
            if (here == 0) {
                words.word(in);
            } else if (words.row(in, (stream, sequence, row) -> taker.kept(here, stream, sequence, row))) {
                reached = here;
            } else {
                break;
            }
        }
        return reached;
    }

    private Found found(int whole) {
        boolean row = bytes[from + SpoolFile.HEAD] == KeptRecords.ROW;
        number += row ? 1 : 0;
        var head = new Cursor().over(bytes, from + 8, from + SpoolFile.HEAD);
        return new Found(bytes, from + SpoolFile.HEAD, from + whole, row ? number : 0, head.takeLong(), head.takeLong());
    }

    private boolean more() throws IOException {
        System.arraycopy(bytes, from, bytes, 0, to - from);
        to -= from;
        from = 0;
        if (fill()) {
            return true;
        }
        var next = spool.fileAfter(file.get());
        if (next.isEmpty()) {
            return false;
        }
        if (fill()) { // written while we looked; now that there is a next file, no more can come
            return true;
        }
        file = next;
        number = next.get().first - 1;
        offset = 0;
        to = 0;
        return true;
    }

    private boolean fill() throws IOException {
        int read = file.get().read(offset, bytes, to, bytes.length - Cursor.SLACK - to);
        to += read;
        offset += read;
        return read > 0;
    }
}
