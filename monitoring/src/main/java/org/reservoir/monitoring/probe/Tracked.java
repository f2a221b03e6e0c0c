package org.reservoir.monitoring.probe;

import java.time.Duration;
import java.util.Optional;

/** One stream as it is heard: its state, and which of its measurements came. */
final class Tracked {
    /** A stream is stale when it is silent for so many times what is usual for it, and no less than {@link #LEAST_PATIENCE}. */
    private static final int TIMES_OF_PATIENCE = 3;
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(2);
    /** How long lost and retired streams are remembered. */
    static final long REMEMBERED_MILLIS = 600_000;
    private static final int REMEMBERED = 64;

    private Schemas.Use use;
    private volatile StreamInfo info;
    private StreamState state = StreamState.LOST;
    private String why = "";
    private long heardAt;
    private long changedAt;
    private long highest;
    /** Bit n: the n-th sequence number below the highest was heard. */
    private long recent;
    private long heard;
    private long gaps;
    private long twice;

    Tracked(StreamInfo info, Schemas.Use use, long now) {
        this.use = use;
        this.info = info;
        this.heardAt = now;
        this.changedAt = now;
    }

    synchronized Optional<StreamState> told(StreamInfo said, Schemas.Use saidUse, StreamState saidState, String saidWhy, long now) {
        use = saidUse;
        info = said;
        why = saidWhy;
        if (state == StreamState.RETIRED) {
            highest = 0; // it comes again: what was sent meanwhile was not for us
        }
        if (saidState == StreamState.ON && state == StreamState.STALE) {
            return Optional.empty(); // a living source does not make a silent stream speak
        }
        if (saidState == StreamState.ON && state != StreamState.ON) {
            heardAt = now;
        }
        return become(saidState, now);
    }

    synchronized Registry.Heard heard(long sequence, long now) {
        heardAt = now;
        if (sequence > highest) {
            long step = sequence - highest;
            gaps += highest == 0 ? 0 : step - 1; // what was sent before we listened is no loss
            recent = highest == 0 ? -1L : (step >= REMEMBERED ? 0 : recent << step) | 1;
            highest = sequence;
            heard++;
            return Registry.Heard.NEW;
        }
        long age = highest - sequence;
        if (age >= REMEMBERED || (recent >>> age & 1) != 0) {
            twice++;
            return Registry.Heard.TWICE;
        }
        recent |= 1L << age;
        gaps--;
        heard++;
        return Registry.Heard.LATE;
    }

    /** The number with these lowest bits that is nearest to the highest heard. */
    synchronized long unwrap(int low) {
        if (highest == 0) {
            return low == 0 ? 0x10000 : low;
        }
        return Math.max(1, highest + (short) (low - (int) highest));
    }

    synchronized boolean revive() {
        return state == StreamState.STALE && become(StreamState.ON, heardAt).isPresent();
    }

    synchronized Optional<StreamState> judge(boolean sourceLost, long now) {
        if (state == StreamState.RETIRED) {
            return Optional.empty();
        }
        if (sourceLost) {
            return become(StreamState.LOST, now);
        }
        return state == StreamState.ON && now - heardAt > patience() ? become(StreamState.STALE, now) : Optional.empty();
    }

    synchronized boolean forgettable(long now) {
        return (state == StreamState.LOST || state == StreamState.RETIRED) && now - changedAt > REMEMBERED_MILLIS;
    }

    synchronized String silence(long now) {
        return "nothing heard for %d ms".formatted(now - heardAt);
    }

    synchronized Registry.Known known() {
        return new Registry.Known(info, state, why, heard, gaps, twice);
    }

    private long patience() {
        return Math.max(TIMES_OF_PATIENCE * info.silence().toMillis(), LEAST_PATIENCE.toMillis());
    }

    private Optional<StreamState> become(StreamState other, long now) {
        if (state == other) {
            return Optional.empty();
        }
        use.changes(isThere(state), isThere(other));
        state = other;
        changedAt = now;
        return Optional.of(other);
    }

    /** Whether somebody has it and may measure it: what is lost or retired holds no schema. */
    private static boolean isThere(StreamState state) {
        return state != StreamState.LOST && state != StreamState.RETIRED;
    }

    /** While it was lost, its type of measurement became something else: what it says now would not be understood. */
    synchronized boolean isOusted() {
        return use.isOusted();
    }

    StreamInfo info() {
        return info;
    }
}
