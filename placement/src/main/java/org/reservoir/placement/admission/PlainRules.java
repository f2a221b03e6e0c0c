package org.reservoir.placement.admission;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.reservoir.placement.Constraint;
import org.reservoir.placement.Demand;
import org.reservoir.placement.Level;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.State;

/**
 * Which VEEs ask for nothing but room, and to be on other hosts than their group's: only of these can be proved in short that there is room.
 *
 * @param special VEEs that ask for more
 * @param closed  ids of hosts that take nobody
 * @param apart   groups whose members are on different hosts
 */
record PlainRules(Set<Integer> special, Set<Long> closed, Set<String> apart) {

    static PlainRules of(State state, Snapshot snapshot, int[] vees) {
        var rules = new PlainRules(new HashSet<>(), new HashSet<>(), new HashSet<>());
        for (int vee : vees) {
            if (state.demand(vee).requirements().isPresent()) {
                rules.special.add(vee);
            }
        }
        snapshot.constraints().forEach(constraint -> {
            switch (constraint) {
                case Constraint.Ban(var group, var hosts, _) when group.equals(Constraint.EVERYONE) -> rules.closed.addAll(hosts);
                case Constraint.Spread(var group, var level, _) when level == Level.HOST -> rules.apart.add(group);
                case Constraint.Apart(_, var other, _) -> rules.addAll(state, vees, constraint, List.of(other));
                case Constraint.SplitAmong(_, var other, _) -> rules.addAll(state, vees, constraint, List.of(other));
                default -> rules.addAll(state, vees, constraint, List.of());
            }
        });
        return rules;
    }

    private void addAll(State state, int[] vees, Constraint constraint, Collection<String> others) {
        Arrays.stream(vees).filter(vee -> constraint.binds(state.demand(vee)) || others.stream().anyMatch(state.demand(vee).groups()::contains)).forEach(special::add);
    }

    /** Whether somebody keeps away from others without being bound by anything himself. */
    static boolean holdIn(Snapshot snapshot) {
        return snapshot.constraints().stream().noneMatch(Constraint.Lonely.class::isInstance);
    }

    boolean takes(State state, int host) {
        var view = state.host(host);
        return view.usable() && !view.asleep() && !closed.contains(view.id());
    }

    /** Those of its groups whose members are on different hosts. */
    List<String> apart(Demand demand) {
        var its = new ArrayList<String>(0);
        for (var group : demand.groups()) { // a VEE is in few groups, and there may be thousands
            if (apart.contains(group)) {
                its.add(group);
            }
        }
        if (apart.contains(Constraint.EVERYONE)) {
            its.add(Constraint.EVERYONE);
        }
        return its;
    }
}
