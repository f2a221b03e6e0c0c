package org.reservoir.monitoring.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * What of a source is missing but the gaps of the streams that are known now, and what is wrong with the frames in its name. What happened within the
 * last minute is told in words; what was before is in the sums alone, and is no trouble any more. Safe for many threads.
 */
final class Losses {
    private static final long TOLD_MILLIS = 60_000;

    /** A count, and when it last went up. */
    private static final class Count {
        private final LongAdder sum = new LongAdder();
        private volatile long at = Long.MIN_VALUE / 2;

        void add(long more, long now) {
            sum.add(more);
            at = more > 0 ? now : at;
        }

        void words(long now, String text, List<String> all) {
            if (now - at < TOLD_MILLIS && sum.sum() > 0) {
                all.add(text.formatted(sum.sum()));
            }
        }
    }

    private final Count passedOver = new Count();
    private final Count forged = new Count();
    private final Count senseless = new Count();
    private final Count missing = new Count();
    private final LongAdder ofForgotten = new LongAdder();

    void passedOver(long now) {
        passedOver.add(1, now);
    }

    /** Gaps of a stream that is remembered no more. */
    void forgotten(long gaps) {
        ofForgotten.add(gaps);
    }

    void frames(Registry.FrameTrouble trouble, long frames, long now) {
        (switch (trouble) {
            case FORGED -> forged;
            case SENSELESS -> senseless;
            case MISSING -> missing;
        }).add(frames, now);
    }

    /** Measurements. */
    long sum() {
        return passedOver.sum.sum() + ofForgotten.sum();
    }

    /** Empty when nothing is wrong lately. */
    String words(long now) {
        var all = new ArrayList<String>();
        passedOver.words(now, "%d measurements passed over: it has not told what they are of", all);
        missing.words(now, "%d frames were lost on the way", all);
        senseless.words(now, "%d frames made no sense: it may be newer than this site", all);
        forged.words(now, "%d frames in its name were not sealed with its key: its key is another, or somebody else sends them", all);
        return String.join("; ", all);
    }
}
