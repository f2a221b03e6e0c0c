package org.reservoir.placement;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What became of a demand. */
public sealed interface Decision {
    Demand demand();

    /** It is to go to the host, which the {@link Placer} counts as taken from now on. */
    record Placed(Demand demand, long host) implements Decision {}

    /**
     * No host takes it.
     *
     * @param first      the constraint that each host names first, by the host
     * @param objections of the hosts that come closest, at most {@link #CLOSEST}, nearest first; {@link Placer#objections} has all
     */
    record NoRoom(Demand demand, Map<Long, String> first, List<Objection> objections) implements Decision {
        public static final int CLOSEST = 5;

        public NoRoom {
            first = Map.copyOf(first);
            objections = List.copyOf(objections);
        }

        /** As if the hosts were not there: they are no choice, so what speaks against them is of no use to anyone. */
        public NoRoom without(Set<Long> hosts) {
            var others = new HashMap<>(first);
            others.keySet().removeAll(hosts);
            return new NoRoom(demand, others, objections.stream().filter(it -> !hosts.contains(it.host())).toList());
        }

        /** What the host that comes closest has to say; nothing when there is none. */
        public List<Objection> nearest() {
            return objections.stream().filter(it -> it.host() == objections.getFirst().host()).toList();
        }

        /** The smallest change that would help. */
        public String advice() {
            return objections.isEmpty() ? "add a host" : nearest().stream().map(Objection::change).collect(Collectors.joining(" and "));
        }

        /** How many hosts name each constraint first. */
        public Map<String, Integer> counts() {
            var counts = new TreeMap<String, Integer>();
            first.values().forEach(constraint -> counts.merge(constraint, 1, Integer::sum));
            return counts;
        }

        /** One line for people: {@code "2 hosts have too little memory left, 1 host is banned for it"}. */
        public String summary() {
            var parts = counts().entrySet().stream().map(e -> phrase(e.getKey(), e.getValue())).toList();
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
