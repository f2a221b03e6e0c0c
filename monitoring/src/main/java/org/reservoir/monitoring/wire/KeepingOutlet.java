package org.reservoir.monitoring.wire;

import org.reservoir.monitoring.probe.Outlet;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;

/** An outlet that keeps measurements for accounting on disk until they are acknowledged, and can pass on those of another spool exactly once. */
public interface KeepingOutlet extends Outlet, AutoCloseable {
    /**
     * Passes on a row of another spool, such as a collector's inbox; not all need be passed on, but in order.
     *
     * @return false when there is no room, or no spool; then it is to be tried again
     */
    boolean relay(long origin, long number, StreamInfo stream, long sequence, Row row);

    /** The highest number of another spool that was passed on; known also after a restart. */
    long relayed(long origin);
}
