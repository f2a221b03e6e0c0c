package org.reservoir.placement;

import java.util.List;
import java.util.Map;

/** What became of a demand. */
public sealed interface Decision {
    Demand demand();

    /** It is to go to the host, which the {@link Placer} counts as taken from now on. */
    record Placed(Demand demand, long host) implements Decision {}

    /**
     * No host takes it.
     *
     * @param counts     how many hosts name each constraint first
     * @param objections of the hosts that come closest, at most {@link #CLOSEST}, nearest first; {@link Placer#objections} has all
     * @param advice     the smallest change that would help
     */
    record NoRoom(Demand demand, Map<String, Integer> counts, List<Objection> objections, String advice) implements Decision {
        public static final int CLOSEST = 5;

        public NoRoom {
            counts = Map.copyOf(counts);
            objections = List.copyOf(objections);
        }

        /** One line for people. */
        public String summary() {
            var parts = new java.util.TreeMap<>(counts).entrySet().stream().map(e -> "%s says no on %d".formatted(e.getKey(), e.getValue())).toList();
            return parts.isEmpty() ? "there is no host" : String.join(", ", parts);
        }
    }
}
