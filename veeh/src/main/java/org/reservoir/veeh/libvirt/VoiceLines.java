package org.reservoir.veeh.libvirt;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Makes lines of a guest's bytes: of at most 1 KiB, at most 50 a second, without control characters. Longer ones and those that are too
 * many are dropped and counted. A guest cannot make it keep more than one line. The clock is given, not read.
 */
final class VoiceLines {
    static final int LONGEST = 1024;
    static final int LINES_A_SECOND = 50;
    /** What so many lines come to; four times as much at once is a flood. */
    static final int BYTES_A_SECOND = LINES_A_SECOND * LONGEST;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final Consumer<String> out;
    private final byte[] line = new byte[LONGEST];
    private int length;
    private boolean overlong;
    private double mayLines = LINES_A_SECOND;
    private double mayBytes = 4.0 * BYTES_A_SECOND;
    private long last;
    private long dropped;

    VoiceLines(Consumer<String> out, long nanos) {
        this.out = out;
        this.last = nanos;
    }

    /** The channel was opened anew: what was half a line is none. */
    void begin() {
        length = 0;
        overlong = false;
    }

    void take(byte[] bytes, int count, long nanos) {
        double seconds = Math.max(0, nanos - last) / 1e9;
        last = nanos;
        mayLines = Math.min(LINES_A_SECOND, mayLines + seconds * LINES_A_SECOND);
        mayBytes = Math.min(4.0 * BYTES_A_SECOND, mayBytes + seconds * BYTES_A_SECOND) - count;
        for (int i = 0; i < count; i++) {
            take(bytes[i]);
        }
    }

    /** Whether more came than is worth reading. */
    boolean floods() {
        return mayBytes < 0;
    }

    /** Lines dropped since this was last asked. */
    long dropped() {
        long now = dropped;
        dropped = 0;
        return now;
    }

    private void take(byte one) {
        if (one == '\n') {
            finish();
        } else if (length < LONGEST) {
            line[length++] = one;
        } else if (!overlong) {
            overlong = true;
            dropped++;
        }
    }

    private void finish() {
        if (length > 0 && !overlong) {
            if (mayLines >= 1) {
                mayLines--;
                out.accept(CONTROL.matcher(new String(line, 0, length, StandardCharsets.UTF_8)).replaceAll(""));
            } else {
                dropped++;
            }
        }
        begin();
    }
}
