package org.reservoir.veeh.libvirt;

import java.time.Duration;

/** Whether something that should go on has stood still for too long. */
final class Stall {
    private final long patience;
    private long figure = Long.MIN_VALUE;
    private long since;

    Stall(Duration patience) {
        this.patience = patience.toNanos();
    }

    /** @param seen how far it has come @param nanos on the clock that only goes forward */
    boolean isOver(long seen, long nanos) {
        if (seen != figure) {
            figure = seen;
            since = nanos;
        }
        return nanos - since >= patience;
    }
}
