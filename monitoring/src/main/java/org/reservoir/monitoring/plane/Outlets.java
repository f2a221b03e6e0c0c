package org.reservoir.monitoring.plane;

import org.reservoir.monitoring.probe.Outlet;

/** Port: the places to which a station can be told to send, by name or address. */
@FunctionalInterface
public interface Outlets {
    /** @throws org.reservoir.kernel.Refused {@code NO_SUCH_PLACE}, and what the way there may bring */
    Outlet to(String place);
}
