package org.reservoir.interfaces.vhi;

import org.reservoir.kernel.VeeId;

/** Hears of a host. Called on the host's own thread: return fast, throw nothing. */
public interface HostListener {
    /** The guest's state changed, by an order or by itself. */
    void guestChanged(VeeId vee, GuestState state, String why);

    /** The guest is gone from the host. */
    void guestGone(VeeId vee);

    /** A line that the guest wrote to its voice channel ({@code org.reservoir.voice.0}); at most 1 KiB, control characters removed. */
    void guestSaid(VeeId vee, String line);

    /** So many lines of the guest were dropped: longer than that, or more than the host takes of one guest. */
    default void guestUnheard(VeeId vee, long lines) {}

    void connectionLost(String why);

    void connectionRegained();

    /** Some events were lost: take a census. */
    void missedEvents();
}
