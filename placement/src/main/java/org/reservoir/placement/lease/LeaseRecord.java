package org.reservoir.placement.lease;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A lease in a {@link LeaseBook}, as a value that can be stored.
 *
 * @param ran    seconds run in runs that are over
 * @param runs   its runs, past and planned
 * @param images on which host the saved memory of which node lies
 * @param start  when it (last) began from nothing
 */
public record LeaseRecord(LeaseRequest request, LeaseState state, long ran, List<PlannedRun> runs, Map<Integer, Long> images, OptionalLong start, double price, String reason) {
    /** How far a slot has come. */
    public enum Phase { SCHEDULED, ACTIVE, DONE }

    /** @param turn among slots that begin or end at the same time, the lesser is first; -1 for one that is over */
    public record PlannedSlot(Slot slot, Phase phase, long turn) {}

    /** A run with what comes before and after it. */
    public record PlannedRun(PlannedSlot run, List<PlannedSlot> before, List<PlannedSlot> after) {
        public PlannedRun {
            before = List.copyOf(before);
            after = List.copyOf(after);
        }
    }

    public LeaseRecord {
        runs = List.copyOf(runs);
        images = Map.copyOf(images);
    }
}
