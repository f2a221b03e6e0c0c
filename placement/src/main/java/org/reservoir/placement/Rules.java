package org.reservoir.placement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The constraints as greedy and search see them: by group, each able to exclude a whole range of hosts at once. */
final class Rules {
    private final State state;
    private final Locations locations;
    private final List<List<Rule>> byGroup = new ArrayList<>();
    /** Where members of a group are counted: for each map of hosts to locations that a rule of the group asks by; that of single hosts, which every group has, is the first. */
    private final int[][][] countedBy;
    private final int[] placed;
    private final int[] hostsUsed;
    /** What a VEE of no such group must keep away from. */
    private final Map<Integer, Rule> lonely = new HashMap<>();
    private final Map<List<Integer>, Rule[]> known = new HashMap<>();
    /** Of one group alone, which is what most are in, by its number. */
    private final Rule[][] knownOfOne;

    Rules(State state, List<Constraint> constraints) {
        this.state = state;
        locations = new Locations(state.hosts);
        placed = new int[state.groups.size()];
        knownOfOne = new Rule[placed.length][];
        hostsUsed = new int[state.groups.size()];
        var maps = new ArrayList<Set<int[]>>();
        for (int g = 0; g < state.groups.size(); g++) {
            byGroup.add(new ArrayList<>());
            maps.add(new LinkedHashSet<>(Set.of(locations.of(Level.HOST))));
        }
        for (var constraint : constraints) {
            add(constraint, maps);
        }
        countedBy = new int[maps.size()][][];
        for (int g = 0; g < countedBy.length; g++) {
            countedBy[g] = maps.get(g).toArray(int[][]::new);
        }
    }

    private void add(Constraint constraint, List<Set<int[]>> maps) {
        int group = state.groups.named(constraint.group());
        var rules = byGroup.get(group);
        switch (constraint) {
            case Constraint.Spread spread -> rules.add(new GroupRules.Spread(state, group, spread, counted(maps, group, spread.level())));
            case Constraint.Gather gather -> rules.add(new GroupRules.Gather(state, group, gather, counted(maps, group, gather.level()), placed));
            case Constraint.Among among -> among(among, locations.ofParts(among.parts().stream().map(this::hosts).toList()), maps);
            case Constraint.SplitAmong split -> {
                var parts = locations.ofParts(split.parts().stream().map(this::hosts).toList());
                split.each().forEach(among -> among(among, parts, maps));
                int other = state.groups.named(split.other());
                rules.add(new GroupRules.InAnotherPart(state, other, split.other(), parts));
                byGroup.get(other).add(new GroupRules.InAnotherPart(state, group, split.group(), parts));
            }
            case Constraint.Apart apart -> {
                int other = state.groups.named(apart.other());
                rules.add(new GroupRules.Apart(state, other, apart.other(), apart.level(), counted(maps, other, apart.level())));
                byGroup.get(other).add(new GroupRules.Apart(state, group, apart.group(), apart.level(), counted(maps, group, apart.level())));
            }
            case Constraint.Lonely(var name) -> {
                rules.add(new GroupRules.Alone(state, group, name));
                lonely.put(group, new GroupRules.KeepAway(state, group, name));
            }
            case Constraint.Licence licence -> rules.add(new GroupRules.Licence(state, group, licence, placed, hostsUsed));
            case Constraint.Fence fence -> rules.add(HostList.fence(state, hosts(fence.hosts()), fence));
            case Constraint.Ban ban -> rules.add(HostList.ban(state, hosts(ban.hosts()), ban));
            case Constraint.Within within -> rules.add(HostList.within(state, within));
            case Constraint.Root(var name) -> rules.add(new GroupRules.Rooted(state, name));
            case Constraint.AllOrNothing _ -> { }
        }
    }

    private void among(Constraint.Among among, int[] parts, List<Set<int[]>> maps) {
        int group = state.groups.named(among.group());
        maps.get(group).add(parts);
        byGroup.get(group).add(new GroupRules.Among(state, group, among, parts, placed));
    }

    private int[] counted(List<Set<int[]>> maps, int group, Level level) {
        maps.get(group).add(locations.of(level));
        return locations.of(level);
    }

    private int[] hosts(Set<Long> ids) {
        return ids.stream().mapToInt(state::hostIndex).filter(h -> h >= 0).sorted().toArray();
    }

    /** All that a VEE of these groups has to keep. */
    Rule[] of(int[] groups) {
        if (groups.length == 0 && lonely.isEmpty()) {
            return Rule.NONE;
        }
        if (groups.length != 1) {
            return known.computeIfAbsent(Arrays.stream(groups).boxed().toList(), this::made);
        }
        if (knownOfOne[groups[0]] == null) {
            knownOfOne[groups[0]] = made(List.of(groups[0]));
        }
        return knownOfOne[groups[0]];
    }

    private Rule[] made(List<Integer> groups) {
        var rules = new ArrayList<Rule>();
        groups.forEach(group -> rules.addAll(byGroup.get(group)));
        lonely.forEach((group, rule) -> {
            if (!groups.contains(group)) {
                rules.add(rule);
            }
        });
        return rules.toArray(Rule[]::new);
    }

    int placed(int group) {
        return placed[group];
    }

    void count(int group, int host, int sign) {
        placed[group] += sign;
        countHere(group, host, sign);
    }

    /** For one that has left and still takes room, and counts where it goes. */
    void countHere(int group, int host, int sign) {
        var maps = countedBy[group];
        int here = state.members.add(group, maps[0][host], sign);
        if (here == (sign > 0 ? 1 : 0)) {
            hostsUsed[group] += sign;
        }
        for (int i = 1; i < maps.length; i++) {
            if (maps[i][host] != State.NOWHERE) {
                state.members.add(group, maps[i][host], sign);
            }
        }
    }
}
