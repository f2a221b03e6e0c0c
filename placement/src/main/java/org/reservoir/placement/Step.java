package org.reservoir.placement;

import java.time.Duration;

/** A move with the time it is expected to begin and end, counted from the begin of the plan. */
public record Step(Move move, Duration begin, Duration end) {
}
