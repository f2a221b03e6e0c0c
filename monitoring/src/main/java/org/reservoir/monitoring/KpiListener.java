package org.reservoir.monitoring;

import java.time.Instant;

import org.reservoir.kernel.VeeId;

/** Port: who else is told what guests report. Must not wait. */
public interface KpiListener {
    KpiListener NONE = new KpiListener() {
        @Override
        public void reported(VeeId vee, String name, double value, Instant at) {
            // nobody
        }

        @Override
        public void forget(VeeId vee) {
            // nobody
        }
    };

    void reported(VeeId vee, String name, double value, Instant at);

    /** The VEE is gone. */
    void forget(VeeId vee);
}
