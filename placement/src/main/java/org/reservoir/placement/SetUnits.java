package org.reservoir.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Who is placed as one: the members of an all-or-nothing set, of two sets when they share a member; and everybody else by himself. */
record SetUnits(Set<String> sets) {

    /** @param sets none for one that stands for itself */
    record Unit(Set<String> sets, List<Demand> members) {
        String name() {
            return String.join(" and ", new TreeSet<>(sets));
        }

        boolean alike() {
            return members.stream().map(Demand::amounts).distinct().count() == 1;
        }

        List<Demand> biggestFirst() {
            return members.stream().sorted(Comparator.comparingDouble(this::bulk).reversed()).toList();
        }

        /** Its largest part of what the members ask for together, of any resource. */
        private double bulk(Demand member) {
            double most = 0;
            for (int r = 0; r < member.amounts().size(); r++) {
                int resource = r;
                most = Math.max(most, (double) member.amounts().at(r) / Math.max(1, members.stream().mapToLong(other -> other.amounts().at(resource)).sum()));
            }
            return most;
        }
    }

    /** In the order of their first members. */
    List<Unit> of(List<Demand> demands) {
        var units = new ArrayList<Unit>();
        var left = new LinkedHashSet<>(demands);
        for (var demand : demands) {
            if (left.contains(demand)) {
                var names = joined(demand, demands);
                var members = names.isEmpty() ? List.of(demand) : left.stream().filter(other -> other.groups().stream().anyMatch(names::contains)).toList();
                members.forEach(left::remove);
                units.add(new Unit(names, members));
            }
        }
        return units;
    }

    /** Its sets, and those that others of them are of too. */
    private Set<String> joined(Demand demand, List<Demand> demands) {
        var names = setsOf(demand);
        for (int before = 0; names.size() > before;) {
            before = names.size();
            demands.stream().map(this::setsOf).filter(others -> others.stream().anyMatch(names::contains)).toList().forEach(names::addAll);
        }
        return names;
    }

    private Set<String> setsOf(Demand demand) {
        return sets.isEmpty() ? Set.of() : demand.groups().stream().filter(sets::contains).collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
