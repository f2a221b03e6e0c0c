package org.reservoir.monitoring.plane;

import org.reservoir.monitoring.probe.SourceId;

/** A source that takes orders: in this process a {@link Station}, else the near end of a wire to one. */
public interface Controlled {
    SourceId id();

    /**
     * Carries an order out, or has it carried out; may wait for the far end, but not for ever.
     *
     * @param by who ordered it, for the audit: {@code user-1}, or the name of a part of the site
     */
    Answer apply(Order order, String by);
}
