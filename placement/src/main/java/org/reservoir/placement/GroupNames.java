package org.reservoir.placement;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Numbers for the groups that constraints speak of; the others matter to nobody. */
final class GroupNames {
    private static final int[] NONE = {};
    private final Map<String, Integer> index = new HashMap<>();
    /** Most VEEs that come one after the other are in none, or replicas of one service: what was found for a set is found for the same set again. */
    private Set<String> lastGroups;
    private int[] lastNumbers = NONE;

    GroupNames(List<Constraint> constraints) {
        for (var constraint : constraints) {
            add(constraint.group());
            if (constraint instanceof Constraint.Apart apart) {
                add(apart.other());
            }
            if (constraint instanceof Constraint.SplitAmong split) {
                add(split.other());
            }
        }
    }

    private void add(String name) {
        index.putIfAbsent(name, index.size());
    }

    /** Or {@link State#NOWHERE}. */
    int named(String name) {
        return index.getOrDefault(name, State.NOWHERE);
    }

    int size() {
        return index.size();
    }

    /** Those that a demand is in, that of everyone last. */
    int[] of(Demand demand) {
        if (demand.groups() != lastGroups) {
            lastNumbers = numbers(demand);
            lastGroups = demand.groups();
        }
        return lastNumbers;
    }

    /** Of those that a rule speaks of, in the order of their names; most VEEs are in one or none. */
    private int[] named(Set<String> groups) {
        var named = NONE;
        for (var group : groups) {
            var number = index.get(group);
            if (number != null) {
                named = Arrays.copyOf(named, named.length + 1);
                named[named.length - 1] = number;
            }
        }
        return named.length < 2 ? named : groups.stream().filter(index::containsKey).sorted().mapToInt(index::get).toArray();
    }

    private int[] numbers(Demand demand) {
        int everyone = named(Constraint.EVERYONE);
        var named = named(demand.groups());
        if (everyone == State.NOWHERE || demand.groups().contains(Constraint.EVERYONE)) {
            return named;
        }
        var all = Arrays.copyOf(named, named.length + 1);
        all[named.length] = everyone;
        return all;
    }
}
