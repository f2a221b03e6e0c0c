package org.reservoir.monitoring;

import org.reservoir.kernel.VeeId;

/** Port: what the keeper of the VEEs knows of guests. */
public interface GuestDesk {
    /** Whether {@code secret} is this VEE's own. */
    boolean knowsSecret(VeeId vee, String secret);

    /** Whether the VEE still exists; what ended speaks no more, whatever secret is known. Asked for each line: answer from memory where it can be known. */
    boolean lives(VeeId vee);

    /** Notes that the guest says it is ready. Said again, it changes nothing. */
    void ready(VeeId vee);
}
