package org.reservoir.monitoring.wire;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

import org.reservoir.monitoring.probe.StreamInfo;

/**
 * What a voice may tell of: the rest of what it brings is dropped before anybody hears of it, and counted. Asked again with each
 * measurement, since a VEE may leave the host of whoever told of it. For several threads.
 */
public final class Scope {
    /** All that there is: for voices that are this site's own. */
    public static final Scope ALL = new Scope(_ -> true);

    private final Predicate<StreamInfo> may;
    private final LongAdder refused = new LongAdder();
    private final LongAdder forged = new LongAdder();

    /** @param may must answer at once, from memory */
    public Scope(Predicate<StreamInfo> may) {
        this.may = may;
    }

    /** Whether it may tell what a stream is. */
    boolean covers(StreamInfo stream) {
        return may.test(stream);
    }

    /** Whether a measurement may be taken; one that may not is counted. */
    boolean admits(StreamInfo stream) {
        boolean admitted = this == ALL || may.test(stream);
        if (!admitted) {
            refuse();
        }
        return admitted;
    }

    void refuse() {
        refused.increment();
    }

    void forge() {
        forged.increment();
    }

    /** Datagrams and connections that came under the voice's number and were not sealed with its key. */
    public long forged() {
        return forged.sum();
    }

    /** Measurements that were none of the voice's business. */
    public long refused() {
        return refused.sum();
    }
}
