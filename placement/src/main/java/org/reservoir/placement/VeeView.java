package org.reservoir.placement;

/** A VEE that has a place, and what it was asked with. */
public record VeeView(Demand demand, long host) {
}
