package org.reservoir.veem.kept;

/** One life-cycle step as it is written down: the record before and after, why, and who wanted it. */
public record Change(VeeRecord before, VeeRecord after, String why, String who) {
    /** Who acts when nobody asked: the VEEM itself. */
    public static final String SELF = "veem";
}
