package org.reservoir.placement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Plans the moves from what is to what shall be: a {@link Timetable} orders them; groups of which not all can move stay where they are; hosts that are empty
 * then may sleep. It decides no target: that is a solver's.
 */
public final class Planner {
    private static final int MAX_TRIES = 8;

    private Planner() {}

    /**
     * @param snapshot what is
     * @param target   where every VEE shall be: those that are not named stop, those that are new start
     */
    public static Plan plan(Snapshot snapshot, Collection<VeeView> target, Rates rates) {
        return plan(snapshot, target, rates, Set.of());
    }

    /** @param sleep hosts that shall sleep when they are empty */
    public static Plan plan(Snapshot snapshot, Collection<VeeView> target, Rates rates, Set<Long> sleep) {
        var ordered = ordered(snapshot, target, rates);
        if (sleep.isEmpty()) {
            return ordered;
        }
        var left = new HashMap<Long, Integer>();
        Replay.outcome(snapshot, target.stream().map(VeeView::demand).toList(), ordered).forEach(vee -> left.merge(vee.host(), 1, Integer::sum));
        var power = new ArrayList<>(ordered.power());
        sleep.stream().sorted().filter(host -> !left.containsKey(host)).forEach(host -> {
            var empty = ordered.steps().stream().filter(step -> leaves(step.move(), host)).map(Step::end).max(Duration::compareTo).orElse(Duration.ZERO);
            power.add(new Plan.Power(host, false, empty, empty.plus(rates.sleep())));
        });
        return new Plan(ordered.steps(), ordered.unfinished(), power);
    }

    private static Plan ordered(Snapshot snapshot, Collection<VeeView> target, Rates rates) {
        var plan = new Timetable(snapshot, target, rates).plan();
        for (int tries = 0; tries < MAX_TRIES && !plan.unfinished().isEmpty(); tries++) {
            var staying = tornApart(snapshot, target, plan);
            if (staying.isEmpty()) {
                return plan;
            }
            target = withoutMoving(snapshot, target, staying);
            var less = new Timetable(snapshot, target, rates).plan();
            plan = new Plan(less.steps(), Stream.concat(plan.unfinished().stream(), less.unfinished().stream()).distinct().toList(), less.power());
        }
        return plan.unfinished().isEmpty() || tornApart(snapshot, target, plan).isEmpty() ? plan : new Plan(List.of(), plan.unfinished());
    }

    /** Groups that must be together, or have places as one, of which some moves are unfinished: none of such a group is moved. */
    private static Set<String> tornApart(Snapshot snapshot, Collection<VeeView> target, Plan plan) {
        var whole = snapshot.constraints().stream().flatMap(c -> switch (c) {
            case Constraint.SplitAmong(var group, var other, _) -> Stream.of(group, other);
            case Constraint.Gather _, Constraint.Among _, Constraint.AllOrNothing _ -> Stream.of(c.group());
            default -> Stream.of();
        }).collect(Collectors.toSet());
        var late = plan.unfinished().stream().map(Move::vee).collect(Collectors.toSet());
        var before = snapshot.vees().stream().collect(Collectors.toMap(vee -> vee.demand().id(), VeeView::host));
        var torn = new HashSet<String>();
        Stream.concat(target.stream(), snapshot.vees().stream()).filter(vee -> late.contains(vee.demand().id())).forEach(vee -> torn.addAll(vee.demand().groups()));
        torn.retainAll(whole);
        torn.retainAll(target.stream().filter(vee -> !Long.valueOf(vee.host()).equals(before.get(vee.demand().id())))
                .flatMap(vee -> vee.demand().groups().stream()).collect(Collectors.toSet()));
        for (var constraint : snapshot.constraints()) {
            if (constraint instanceof Constraint.SplitAmong(var group, var other, _) && (torn.contains(group) || torn.contains(other))) {
                torn.addAll(Set.of(group, other));
            }
        }
        return torn;
    }

    private static List<VeeView> withoutMoving(Snapshot snapshot, Collection<VeeView> target, Set<String> groups) {
        Predicate<VeeView> stays = vee -> vee.demand().groups().stream().anyMatch(groups::contains);
        return Stream.concat(target.stream().filter(stays.negate()), snapshot.vees().stream().filter(stays)).toList();
    }

    private static boolean leaves(Move move, long host) {
        return switch (move) {
            case Move.Migrate(_, var from, _) -> from == host;
            case Move.Stop(_, var from) -> from == host;
            case Move.Suspend(_, var from) -> from == host;
            case Move.Start _, Move.Resume _ -> false;
        };
    }
}
