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
    /** What is there is told of every minute; what is silent and was not for so long has ended, and the word of it was lost. */
    private static final long UNTOLD_MILLIS = 180_000;
    private static final int REMEMBERED = 64;

    private Schemas.Use use;
    private volatile StreamInfo info;
    private StreamState state = StreamState.LOST;
    private String why = "";
    private long heardAt;
    private long changedAt;
    private long toldAt;
    private long highest;
    /** Whether what follows the highest is missing when it does not come: not before something was heard, or it was told how far the stream is. */
    private boolean placed;
    /** Bit n: the n-th sequence number below the highest was heard. */
    private long recent;
    private long heard;
    private long gaps;
    private long twice;
    private volatile boolean forgotten;

    Tracked(StreamInfo info, Schemas.Use use, long now) {
        this.use = use;
        this.info = info;
        this.heardAt = now;
        this.changedAt = now;
        this.toldAt = now;
    }

    synchronized Optional<StreamState> told(StreamInfo said, Schemas.Use saidUse, StreamState saidState, String saidWhy, long now) {
        use = saidUse;
        info = said;
        why = saidWhy;
        toldAt = now;
        if (saidState == StreamState.ON && state == StreamState.STALE) {
            return Optional.empty(); // a living source does not make a silent stream speak
        }
        if (saidState == StreamState.ON && state != StreamState.ON) {
            heardAt = now;
        }
        return become(saidState, now);
    }

    /** Takes note how far the stream is, before what else is told of it: what was sent and not heard is missing. */
    synchronized void reached(Reached reached, StreamState said) {
        if (state == StreamState.RETIRED && said != StreamState.RETIRED) {
            placed = false; // it comes again: what was sent meanwhile was not for us
        }
        if (!placed) {
            highest = Math.max(highest, reached.number());
            placed = reached.exactly();
            recent = -1L;
        } else if (reached.number() > highest) {
            miss(reached.number());
        }
    }

    private void miss(long upTo) {
        long step = upTo - highest;
        gaps += step;
        recent = step >= REMEMBERED ? 0 : recent << step;
        highest = upTo;
    }

    synchronized Registry.Heard heard(long sequence, long now) {
        heardAt = now;
        if (!placed || sequence > highest) {
            long step = sequence - highest;
            gaps += placed ? step - 1 : 0; // what was sent before we listened is no loss
            recent = placed ? (step >= REMEMBERED ? 0 : recent << step) | 1 : -1L;
            placed = true;
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

    /** One came that cannot be used: it is missing as if it had been lost on the way, and the stream is as silent. */
    synchronized void missed(long sequence) {
        if (!placed) {
            placed = true;
            highest = sequence - 1;
            recent = -1L;
        }
        if (sequence > highest) {
            miss(sequence);
        }
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
        boolean ended = state != StreamState.ON && now - toldAt > UNTOLD_MILLIS;
        if (sourceLost || ended) {
            return become(StreamState.LOST, now);
        }
        return state == StreamState.ON && now - heardAt > patience() ? become(StreamState.STALE, now) : Optional.empty();
    }

    /** Whether it is time; what is heard afterwards is of a stream that is not known. */
    synchronized boolean forget(long now) {
        forgotten = forgotten || (state == StreamState.LOST || state == StreamState.RETIRED) && now - changedAt > REMEMBERED_MILLIS;
        return forgotten;
    }

    boolean isForgotten() {
        return forgotten;
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
