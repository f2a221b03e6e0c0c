package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.util.Optional;

/**
 * Takes rows from a {@link Spool} into KEPT frames, again from the last acknowledged one whenever that is needed. The body:
 * the spool's id (8 bytes), how far everything is settled (var), the number of the first row that follows (var), then records
 * ({@link KeptRecords}); its rows are numbered one after the other. Not for several threads.
 */
final class Pump {
    /** Rows on the way at once; a receiver that is slow to write them down is sent no more. */
    private static final long WINDOW = 50_000;
    /** When nothing is acknowledged for so long, what was sent is taken for lost. */
    static final long PATIENCE_NANOS = 3_000_000_000L;

    private final Spool spool;
    private SpoolReader reader;
    private Optional<SpoolReader.Found> held = Optional.empty();
    private volatile long sent;
    private long progress;
    private long progressAt = System.nanoTime();

    Pump(Spool spool) {
        this.spool = spool;
        rewind();
    }

    /** Begins again after what is settled. */
    void rewind() {
        sent = spool.settled();
        reader = spool.reader(sent);
        held = Optional.empty();
    }

    /** Whether there is something to be sent now. */
    boolean hasMore() {
        return spool.last() > sent && sent - spool.settled() <= WINDOW;
    }

    /** Begins again when what was sent is not acknowledged: it was lost, or the receiver had no room. */
    void rewindIfStuck(long now) {
        long settled = spool.settled();
        if (settled != progress || sent == settled) {
            progress = settled;
            progressAt = now;
        } else if (now - progressAt > PATIENCE_NANOS) {
            progressAt = now;
            rewind();
        }
    }

    /** Puts the next rows into a body. False when there are none, or enough are on their way. */
    boolean fill(Cursor out) {
        if (sent - spool.settled() > WINDOW) {
            return false;
        }
        try {
            held = held.isPresent() ? held : reader.next();
            if (held.isEmpty()) {
                return false;
            }
            out.putLong(spool.id());
            out.putVar(spool.settled());
            out.putVar(sent + 1);
            while (held.isPresent() && held.get().to() - held.get().from() <= out.left()) {
                var found = held.get();
                out.copy(found.bytes(), found.from(), found.to() - found.from());
                sent = found.number() > 0 ? found.number() : sent;
                held = reader.next();
            }
            return true;
        } catch (IOException _) { // the file was let go of while we read it, or cannot be read now: begin again
            rewind();
            return false;
        }
    }

    void acknowledged(long spoolId, long number) {
        if (spoolId == spool.id()) {
            spool.settle(Math.min(number, spool.last()));
        }
    }
}
