package org.reservoir.placement.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.HostView;
import org.reservoir.placement.Level;
import org.reservoir.placement.State;

/** What can only be placed or moved as one: members of a gathered group, of a group that stays in one part, of an all-or-nothing set. */
final class Units {
    private final Board board;
    private final State state;
    private final Room room;
    private final Map<String, List<Integer>> members = new LinkedHashMap<>();
    private final List<Constraint> whole;
    private final double[] sizes;

    Units(Board board, Room room) {
        this.board = board;
        this.state = board.state;
        this.room = room;
        sizes = new double[board.vees];
        whole = board.problem().snapshot().constraints().stream().flatMap(c -> c instanceof Constraint.SplitAmong split ? split.each().stream() : Stream.of(c)).filter(c -> c instanceof Constraint.Gather || c instanceof Constraint.Among || c instanceof Constraint.AllOrNothing).toList();
        for (var constraint : whole) {
            members.computeIfAbsent(constraint.group(), _ -> IntStream.range(0, board.vees).filter(v -> constraint.binds(state.demand(v))).boxed().toList());
        }
    }

    /** The groups that must be together, each with all its members, where more than one has to move. */
    List<List<Integer>> gathered() {
        return whole.stream().filter(c -> !(c instanceof Constraint.AllOrNothing)).map(Constraint::group).distinct().map(members::get)
                .filter(list -> list != null && list.stream().allMatch(v -> !board.stays(v))).toList();
    }

    /** All that has no place, in units, the largest first; of equals what costs the most while it waits. */
    List<List<Integer>> waiting() {
        var units = new ArrayList<List<Integer>>();
        var seen = new HashSet<Integer>();
        for (int v = 0; v < board.vees; v++) {
            if (board.at(v) == State.NOWHERE && !board.stays(v) && !seen.contains(v)) {
                var unit = new TreeSet<Integer>();
                collect(v, unit);
                seen.addAll(unit);
                units.add(unit.stream().sorted(this::largestFirst).toList());
            }
        }
        units.sort(Comparator.comparingDouble((List<Integer> unit) -> unit.stream().mapToDouble(this::size).max().orElse(0)).reversed()
                .thenComparing(Comparator.comparingLong((List<Integer> unit) -> unit.stream().mapToLong(v -> board.cost().ofVee(v, State.NOWHERE, State.NOWHERE)).sum()).reversed())
                .thenComparingInt(List::getFirst));
        return units;
    }

    private void collect(int vee, TreeSet<Integer> unit) {
        if (board.at(vee) != State.NOWHERE || !unit.add(vee)) {
            return;
        }
        for (var constraint : whole) {
            if (constraint.binds(state.demand(vee))) {
                members.get(constraint.group()).forEach(other -> collect(other, unit));
            }
        }
    }

    /** The largest share of a resource's largest host that it asks for. */
    double size(int vee) {
        if (sizes[vee] == 0) {
            for (int r = 0; r < state.resources(); r++) {
                sizes[vee] = Math.max(sizes[vee], (double) state.asked(vee, r) / Math.max(1, largest(r)));
            }
        }
        return sizes[vee];
    }

    /** The largest VEEs first, equals by their numbers; one comparison for both, for all VEEs of a site are sorted by it. */
    int largestFirst(int vee, int other) {
        int sizes = Double.compare(size(other), size(vee));
        return sizes != 0 ? sizes : Integer.compare(vee, other);
    }

    private long[] largest;

    private long largest(int resource) {
        if (largest == null) {
            largest = new long[state.resources()];
            for (int h = 0; h < board.hosts; h++) {
                for (int r = 0; r < largest.length; r++) {
                    largest[r] = Math.max(largest[r], state.promised(h, r));
                }
            }
        }
        return largest[resource];
    }

    /** Gives all members of the unit a place, or none. A place that costs more than it brings is not taken. */
    boolean place(List<Integer> unit) {
        double before = board.energy();
        int mark = board.mark();
        if (unit.size() == 1 ? room.place(unit.getFirst(), _ -> true) : anywhere(unit, mark)) {
            if (board.energy() <= before && board.withinMoves()) {
                return true;
            }
        }
        board.undo(mark);
        return false;
    }

    /** Tries the places in which all of the unit may be together, and keeps the cheapest. */
    private boolean anywhere(List<Integer> unit, int mark) {
        int[] best = null;
        double least = Double.POSITIVE_INFINITY;
        for (var where : locations(unit)) {
            if (together(unit, where)) {
                if (board.energy() < least && board.withinMoves()) {
                    least = board.energy();
                    best = unit.stream().mapToInt(board::at).toArray();
                }
            }
            board.undo(mark);
        }
        for (int i = 0; best != null && i < best.length; i++) {
            if (!board.put(unit.get(i), best[i])) {
                // a rule depends on the order, or others were moved to make room: do as it was done
                board.undo(mark);
                return together(unit, _ -> true);
            }
        }
        return best != null;
    }

    boolean together(List<Integer> unit, IntPredicate where) {
        for (int vee : unit) {
            if (!room.place(vee, where)) {
                return false;
            }
        }
        return true;
    }

    /** Each place of the narrowest kind that the unit must share; everywhere when it need not be together. */
    List<IntPredicate> locations(List<Integer> unit) {
        var places = new ArrayList<IntPredicate>();
        var narrow = whole.stream().filter(c -> c instanceof Constraint.Gather && unit.stream().allMatch(v -> c.binds(state.demand(v))))
                .map(c -> ((Constraint.Gather) c).level()).min(Comparator.naturalOrder());
        narrow.ifPresent(level -> byPlace(level).values().forEach(hosts -> places.add(hosts::contains)));
        whole.stream().filter(c -> narrow.isEmpty() && c instanceof Constraint.Among && unit.stream().allMatch(v -> c.binds(state.demand(v)))).findFirst()
                .ifPresent(c -> ((Constraint.Among) c).parts().forEach(part -> places.add(host -> part.contains(state.host(host).id()))));
        if (places.isEmpty()) {
            places.add(_ -> true);
        }
        return places;
    }

    private Map<Object, HashSet<Integer>> byPlace(Level level) {
        var places = new LinkedHashMap<Object, HashSet<Integer>>();
        for (int h = 0; h < board.hosts; h++) {
            places.computeIfAbsent(place(level, state.host(h)), _ -> new HashSet<>()).add(h);
        }
        return places;
    }

    private static Object place(Level level, HostView host) {
        return switch (level) {
            case HOST -> host.id();
            case RACK -> List.of(host.site(), host.rack());
            case SITE -> host.site();
        };
    }
}
