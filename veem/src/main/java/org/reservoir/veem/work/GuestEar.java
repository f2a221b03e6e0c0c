package org.reservoir.veem.work;

import org.reservoir.kernel.VeeId;

/** Hears what guests say on their voice channels. Called on a host's own thread, lines of one guest in their order: return fast, throw nothing. */
@FunctionalInterface
public interface GuestEar {
    public void said(VeeId vee, String line);

    /** So many lines were dropped on the way: too long, or too many at once. */
    public default void unheard(VeeId vee, long lines) {}
}
