package org.reservoir.monitoring;

import org.reservoir.kernel.VeeId;

/** Port: what the keeper of the VEEs knows of guests. */
public interface GuestDesk {
    /** Whether {@code secret} is this VEE's own. */
    boolean knowsSecret(VeeId vee, String secret);

    /** Notes that the guest says it is ready. Said again, it changes nothing. */
    void ready(VeeId vee);
}
