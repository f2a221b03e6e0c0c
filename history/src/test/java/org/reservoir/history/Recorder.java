package org.reservoir.history;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;

/** A process that is there to be killed: records row after row of two series and says how many of them are safe. */
final class Recorder {
    static final long BEGIN = 1_764_000_000_000L;
    static final int VEES = 5;

    private Recorder() {}

    static HistoryPolicy policy() {
        return new HistoryPolicy(Duration.ofDays(9), Duration.ofDays(9), Duration.ofDays(9), 1L << 30, 0, 20_000, Duration.ofHours(1), 50_000, 1_000, Duration.ofMillis(20));
    }

    static Subject vee(long row) {
        return Subject.of(new VeeId(row % VEES + 1));
    }

    /** @param arguments folder, and the row to begin with */
    public static void main(String[] arguments) throws InterruptedException {
        var history = TsFileHistory.open(Path.of(arguments[0]), policy(), InstantSource.system());
        long from = Long.parseLong(arguments[1]);
        long told = -1;
        for (long row = from;; row++) {
            while (!history.pen(vee(row), List.of("a", "b"), Labels.NONE).write(BEGIN + row * 100, row, row / 7.0)) {
                Thread.sleep(1);
            }
            long kept = history.health().kept();
            if (kept != told) {
                told = kept;
                System.out.println(from + kept);
                System.out.flush();
            }
            if (row % 50 == 0) {
                Thread.sleep(1);
            }
        }
    }
}
