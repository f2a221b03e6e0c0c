package org.reservoir.placement;

/** What the administrator of a site wants of first placements. */
public record Policy(Rank rank) {
    public static final Policy PACKING = new Policy(Rank.PACKING);
    public static final Policy STRIPING = new Policy(Rank.STRIPING);
    public static final Policy LOAD_AWARE = new Policy(Rank.LOAD_AWARE);
    public static final Policy FIXED = new Policy(Rank.FIXED);
}
