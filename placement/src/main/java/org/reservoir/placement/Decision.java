package org.reservoir.placement;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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

        /** One line for people: {@code "2 hosts have too little memory left, 1 host is banned for it"}. */
        public String summary() {
            var parts = new TreeMap<>(counts).entrySet().stream().map(e -> phrase(e.getKey(), e.getValue())).toList();
            return parts.isEmpty() ? "there is no host" : String.join(", ", parts);
        }

        private static String phrase(String constraint, int hosts) {
            boolean one = hosts == 1;
            var are = one ? "is" : "are";
            return (one ? "1 host " : hosts + " hosts ") + switch (constraint) {
                case "usable" -> one ? "takes no new VEEs" : "take no new VEEs";
                case "requirements" -> (one ? "does" : "do") + " not meet its requirements";
                case "spread" -> (one ? "holds" : "hold") + " as many of its group as may be in one place (spread)";
                case "gather", "among" -> are + " where its group is not (%s)".formatted(constraint);
                case "split among" -> are + " in the part of a group that it must be in another part than (split among)";
                case "apart" -> (one ? "holds" : "hold") + " a group that it must keep away from (apart)";
                case "lonely" -> (one ? "holds" : "hold") + " VEEs that it may not be together with (lonely)";
                case "fence" -> are + " outside its fence";
                case "ban" -> are + " banned for it";
                case "within" -> are + " in the wrong place for its group (within)";
                case "licence" -> "would need a seat of a licence of which all are taken";
                default -> (one ? "has" : "have") + " too little " + constraint + " left";
            };
        }
    }

    /**
     * It has no place because the all-or-nothing set that it is of has none as a whole, whether it had room itself or not.
     *
     * @param fit   how many of the set have room beside each other
     * @param of    how many it has
     * @param cause why the first of it that has no room has none, with those before it in their places
     */
    record Incomplete(Demand demand, String set, int fit, int of, NoRoom cause) implements Decision {}
}
