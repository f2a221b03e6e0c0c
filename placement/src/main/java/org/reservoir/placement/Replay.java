package org.reservoir.placement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Plays a plan event by event and judges every moment of it: a migrating VEE counts on both hosts. Shares no code with the
 * planner. {@link Constraint.Gather}, {@link Constraint.Among} and {@link Constraint.SplitAmong} are judged
 * at the end only, since a group cannot be together at each moment of its move.
 */
public final class Replay {
    private final Snapshot snapshot;
    private final Map<Long, HostView> hosts = new HashMap<>();
    private final Map<Long, Demand> demands = new HashMap<>();
    private final Map<Long, Long> at = new TreeMap<>();
    private final Map<Long, long[]> used = new HashMap<>();
    private final Map<String, List<Constraint>> byGroup = new HashMap<>();
    private final List<Constraint.Lonely> lonely = new ArrayList<>();
    private final Map<String, Map<String, Integer>> members = new HashMap<>();
    /** How many places each member of a group has, two while it moves. */
    private final Map<String, Map<Long, Integer>> seats = new HashMap<>();
    private final List<Violation> found = new ArrayList<>();

    private record Event(Step step, boolean end) {
        long time() {
            return (end ? step.end() : step.begin()).toMillis();
        }
    }

    private Replay(Snapshot snapshot, Collection<Demand> starting) {
        this.snapshot = snapshot;
        snapshot.hosts().forEach(host -> hosts.put(host.id(), host));
        for (var constraint : snapshot.constraints()) {
            if (constraint instanceof Constraint.Lonely alone) {
                lonely.add(alone);
                continue;
            }
            byGroup.computeIfAbsent(constraint.group(), _ -> new ArrayList<>()).add(constraint);
            if (constraint instanceof Constraint.Apart(var group, var other, var level)) {
                byGroup.computeIfAbsent(other, _ -> new ArrayList<>()).add(new Constraint.Apart(other, group, level));
            }
        }
        starting.forEach(demand -> demands.put(demand.id(), demand));
        for (var vee : snapshot.vees()) {
            demands.put(vee.demand().id(), vee.demand());
            at.put(vee.demand().id(), vee.host());
            count(vee.demand(), vee.host(), 1);
        }
    }

    /**
     * Every rule the plan breaks at some moment, or in the end.
     *
     * @param starting the demands that the plan's {@link Move.Start}s are for
     */
    public static List<Violation> violations(Snapshot snapshot, Collection<Demand> starting, Plan plan) {
        return new Replay(snapshot, starting).violations(plan, new ArrayList<>(starting));
    }

    /** Where the VEEs are when the plan is done. */
    public static List<VeeView> outcome(Snapshot snapshot, Collection<Demand> starting, Plan plan) {
        var replay = new Replay(snapshot, starting);
        replay.play(plan);
        return replay.now();
    }

    private List<Violation> violations(Plan plan, List<Demand> waiting) {
        power(plan);
        play(plan);
        plan.power().stream().filter(power -> !power.wake() && at.containsValue(power.host())).forEach(power ->
                found.add(new Violation("asleep", "host " + power.host(), 1, "host %d sleeps with VEEs on it".formatted(power.host()))));
        waiting.removeIf(demand -> at.containsKey(demand.id()));
        found.addAll(new Checker(snapshot).worsened(now(), waiting));
        return List.copyOf(found);
    }

    /** Nobody comes to a host before it is awake, nor comes or goes when it falls asleep. */
    private void power(Plan plan) {
        var awake = new HashMap<Long, Duration>();
        var asleep = new HashMap<Long, Duration>();
        plan.power().forEach(power -> (power.wake() ? awake : asleep).put(power.host(), power.wake() ? power.end() : power.begin()));
        for (var step : plan.steps()) {
            for (long host : hosts(step.move())) {
                var view = hosts.get(host);
                boolean tooEarly = view != null && view.asleep() && (!awake.containsKey(host) || step.begin().compareTo(awake.get(host)) < 0);
                if (tooEarly || asleep.containsKey(host) && step.end().compareTo(asleep.get(host)) > 0) {
                    wrong("asleep", step.move(), "host %d is not awake".formatted(host));
                }
            }
        }
    }

    private static List<Long> hosts(Move move) {
        return switch (move) {
            case Move.Start(_, var to) -> List.of(to);
            case Move.Resume(_, var to) -> List.of(to);
            case Move.Stop(_, var from) -> List.of(from);
            case Move.Suspend(_, var from) -> List.of(from);
            case Move.Migrate(_, var from, var to) -> List.of(from, to);
        };
    }

    private List<VeeView> now() {
        return at.entrySet().stream().map(e -> new VeeView(demands.get(e.getKey()), e.getValue())).toList();
    }

    private void play(Plan plan) {
        var events = new ArrayList<Event>();
        plan.steps().forEach(step -> events.add(new Event(step, false)));
        plan.steps().forEach(step -> events.add(new Event(step, true)));
        events.sort(Comparator.comparingLong(Event::time).thenComparing(event -> !event.end()));
        events.forEach(event -> happen(event.step().move(), event.end()));
    }

    private void happen(Move move, boolean end) {
        var demand = demands.get(move.vee());
        if (demand == null) {
            wrong("vee", move, "there is no VEE " + move.vee());
            return;
        }
        switch (move) {
            case Move.Start(_, var to) -> arrive(move, demand, to, end);
            case Move.Resume(_, var to) -> arrive(move, demand, to, end);
            case Move.Stop(_, var from) -> leave(move, demand, from, end);
            case Move.Suspend(_, var from) -> leave(move, demand, from, end);
            case Move.Migrate(_, var from, var to) -> {
                if (end) {
                    count(demand, from, -1);
                    at.put(demand.id(), to);
                } else {
                    isAt(move, demand, from);
                    enter(move, demand, to, from);
                }
            }
        }
    }

    private void arrive(Move move, Demand demand, long to, boolean end) {
        if (end) {
            at.put(demand.id(), to);
        } else if (at.containsKey(demand.id())) {
            wrong("one place", move, "VEE %d has a place already".formatted(demand.id()));
        } else {
            enter(move, demand, to, null);
        }
    }

    private void leave(Move move, Demand demand, long from, boolean end) {
        if (end) {
            count(demand, from, -1);
            at.remove(demand.id());
        } else {
            isAt(move, demand, from);
        }
    }

    private void isAt(Move move, Demand demand, long host) {
        if (!Long.valueOf(host).equals(at.get(demand.id()))) {
            wrong("place", move, "VEE %d is not on host %d".formatted(demand.id(), host));
        }
    }

    private void enter(Move move, Demand demand, long to, Long from) {
        var host = hosts.get(to);
        if (host == null || !host.usable()) {
            wrong("usable", move, "host %d takes no VEEs".formatted(to));
            return;
        }
        if (from != null) {
            groups(demand, from, -1);
        }
        for (var group : groups(demand)) {
            byGroup.getOrDefault(group, List.of()).forEach(constraint -> judge(move, demand, constraint, host));
        }
        lonely.forEach(constraint -> judge(move, demand, constraint, host));
        if (from != null) {
            groups(demand, from, 1);
        }
        count(demand, to, 1);
        for (int r = 0; r < snapshot.resources().size(); r++) {
            if (demand.amounts().at(r) > 0 && used.get(to)[r] > (long) Math.floor(host.capacity().at(r) * host.overcommit()[r])) {
                wrong(snapshot.resources().get(r).name(), move, "%s is promised too much".formatted(host.name()));
            }
        }
    }

    private void judge(Move move, Demand demand, Constraint constraint, HostView host) {
        boolean broken = switch (constraint) {
            case Constraint.Spread(var group, var level, var atMost) -> members(group, location(level, host)) >= atMost;
            case Constraint.Apart(_, var other, var level) -> members(other, location(level, host)) > 0;
            case Constraint.Fence(_, var allowed, _) -> !allowed.contains(host.id());
            case Constraint.Ban(_, var banned, _) -> banned.contains(host.id());
            case Constraint.Licence(_, var group, var there, var perHost) -> {
                long hostsUsed = members.getOrDefault(group, Map.of()).entrySet().stream().filter(e -> e.getKey().startsWith("host ") && e.getValue() > 0).count();
                yield perHost ? members(group, location(Level.HOST, host)) == 0 && hostsUsed >= there : seats.getOrDefault(group, Map.of()).size() >= there;
            }
            case Constraint.Within within -> !within.takes(host);
            case Constraint.Lonely(var group) -> constraint.binds(demand) ? members(Constraint.EVERYONE, location(Level.HOST, host)) > members(group, location(Level.HOST, host))
                    : members(group, location(Level.HOST, host)) > 0;
            case Constraint.Gather _, Constraint.Among _, Constraint.SplitAmong _, Constraint.Root _, Constraint.AllOrNothing _ -> false;
        };
        if (broken) {
            wrong(constraint.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT), move, "%s does not hold on %s".formatted(constraint, host.name()));
        }
    }

    private void wrong(String constraint, Move move, String text) {
        found.add(new Violation(constraint, "VEE " + move.vee(), 1, "%s: %s".formatted(move, text)));
    }

    private int members(String group, String location) {
        return members.getOrDefault(group, Map.of()).getOrDefault(location, 0);
    }

    private void count(Demand demand, long host, int sign) {
        var use = used.computeIfAbsent(host, _ -> new long[snapshot.resources().size()]);
        for (int r = 0; r < use.length; r++) {
            use[r] += sign * demand.amounts().at(r);
        }
        groups(demand, host, sign);
    }

    private void groups(Demand demand, long host, int sign) {
        for (var group : groups(demand)) {
            seats.computeIfAbsent(group, _ -> new HashMap<>()).merge(demand.id(), sign, (now, more) -> now + more == 0 ? null : now + more);
            for (var level : Level.values()) {
                members.computeIfAbsent(group, _ -> new HashMap<>()).merge(location(level, hosts.get(host)), sign, Integer::sum);
            }
        }
    }

    private static List<String> groups(Demand demand) {
        return Stream.concat(demand.groups().stream(), Stream.of(Constraint.EVERYONE)).distinct().toList();
    }

    private static String location(Level level, HostView host) {
        return switch (level) {
            case HOST -> "host " + host.id();
            case RACK -> "rack " + host.rack() + " of " + host.site();
            case SITE -> "site " + host.site();
        };
    }
}
