package org.reservoir.history;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Pen;

/**
 * A process that is there to be killed: records at the pace of a site whose VEEs are each measured ten times a second. Before each beat it tells, by a
 * pipe that knows nothing of the history, from which row on it goes up to which, and when: rows below the first were taken before that.
 */
final class PacedRecorder {
    static final long BEGIN = 1_764_000_000_000L;
    static final int VEES = 200;
    /** A beat is a round of some VEEs. */
    private static final int ROWS_IN_A_BEAT = 10;
    private static final long BEAT_NANOS = 5_000_000;

    private PacedRecorder() {}

    /** As sites have it, but for heads that are full sooner: so there are segments and roll-ups to be killed in. */
    static HistoryPolicy policy() {
        return HistoryPolicy.USUAL.within(1L << 30, 0).holding(5_000, 1 << 16);
    }

    static Subject subject(long row) {
        return Subject.of(new VeeId(row % VEES + 1));
    }

    /** Rows of a VEE are seconds apart, whatever time it is. */
    static long at(long row) {
        return BEGIN + row / VEES * 1_000;
    }

    /** @param arguments folder, and the row to begin with */
    public static void main(String[] arguments) throws Exception {
        var history = TsFileHistory.open(Path.of(arguments[0]), policy(), InstantSource.system());
        var pens = new Pen[VEES];
        for (int vee = 0; vee < VEES; vee++) {
            pens[vee] = history.pen(subject(vee), List.of("a", "b"), Labels.NONE);
        }
        try (var pipe = new java.io.FileOutputStream(java.io.FileDescriptor.out).getChannel()) {
            long next = System.nanoTime();
            for (long row = Long.parseLong(arguments[1]);; row += ROWS_IN_A_BEAT) {
                pipe.write(ByteBuffer.wrap("%d %d %d\n".formatted(row, row + ROWS_IN_A_BEAT, System.currentTimeMillis()).getBytes(StandardCharsets.US_ASCII)));
                for (long each = row; each < row + ROWS_IN_A_BEAT; each++) {
                    if (!pens[(int) (each % VEES)].write(at(each), each, each / 7.0)) {
                        throw new IllegalStateException("row %d was refused".formatted(each));
                    }
                }
                next = Math.max(System.nanoTime(), next + BEAT_NANOS);
                LockSupport.parkNanos(next - System.nanoTime());
            }
        }
    }
}
