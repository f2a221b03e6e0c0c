package org.reservoir.placement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Orders the moves from what is to what shall be. It begins every move as soon as its destination has room and no rule
 * forbids it, counts a migrating VEE on both hosts, and when nothing can begin any more breaks the cycle: the cheapest
 * VEE that stands in another's way takes a bypass over a third host, or is suspended. Where neither helps the moves left
 * are given as unfinished. It decides no target: that is a solver's.
 */
public final class Planner {
    private static final int STAY_OUT = -2;
    private static final int MAX_TRIES = 8;
    /** Instead of a VEE: a host that wakes. */
    private static final int WAKES = -3;
    private final State state;
    private final Rates rates;
    private final List<Step> steps = new ArrayList<>();
    /** Where each VEE shall be: a host, {@link State#NOWHERE} for one that stops, {@link #STAY_OUT} for one that has arrived. */
    private final int[] goal;
    private final List<TreeSet<Integer>> into = new ArrayList<>();
    private final List<TreeSet<Integer>> outOf = new ArrayList<>();
    private final TreeSet<Integer> ruledOut = new TreeSet<>();
    private final BitSet pending = new BitSet();
    /** Numbers of hosts' sites. */
    private final int[] site;
    private final Set<Integer> detoured = new HashSet<>();
    private final Set<Integer> suspended = new HashSet<>();
    private final int[] busy;
    private final boolean[] awake;
    /** Moves going on between two sites. */
    private final Map<Set<String>, Integer> links = new HashMap<>();
    private final TreeSet<Integer> linkBound = new TreeSet<>();
    private final List<Plan.Power> power = new ArrayList<>();
    private final PriorityQueue<Going> going = new PriorityQueue<>(Comparator.comparingLong(Going::end).thenComparingInt(Going::vee));
    private long now;

    private record Going(long end, int vee, int from, int to, boolean arrives) {}

    private Planner(Snapshot snapshot, Collection<VeeView> target, Rates rates) {
        this.state = new State(snapshot);
        this.rates = rates;
        this.busy = new int[state.hosts.size()];
        this.awake = new boolean[busy.length];
        this.site = new int[busy.length];
        var sites = new HashMap<String, Integer>();
        for (int h = 0; h < state.hosts.size(); h++) {
            into.add(new TreeSet<>());
            outOf.add(new TreeSet<>());
            awake[h] = !state.asleep[h];
            site[h] = sites.computeIfAbsent(state.host(h).site(), _ -> sites.size());
        }
        var goals = new HashMap<Integer, Integer>();
        for (var vee : target) {
            int known = state.veeIndex(vee.demand().id());
            goals.put(known == State.NOWHERE ? state.add(vee.demand()) : known, state.hostIndex(vee.host()));
        }
        goal = new int[state.vees()];
        for (int vee = 0; vee < goal.length; vee++) {
            goal[vee] = goals.getOrDefault(vee, State.NOWHERE);
            if (goal[vee] == state.hostOf(vee)) {
                goal[vee] = STAY_OUT;
            } else {
                await(vee);
            }
        }
    }

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
        var plan = new Planner(snapshot, target, rates).plan();
        for (int tries = 0; tries < MAX_TRIES && !plan.unfinished().isEmpty(); tries++) {
            var staying = tornApart(snapshot, target, plan);
            if (staying.isEmpty()) {
                return plan;
            }
            target = withoutMoving(snapshot, target, staying);
            var less = new Planner(snapshot, target, rates).plan();
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

    private void await(int vee) {
        pending.set(vee);
        if (goal[vee] >= 0) {
            into.get(goal[vee]).add(vee);
        }
        if (state.hostOf(vee) >= 0) {
            outOf.get(state.hostOf(vee)).add(vee);
        }
    }

    private Plan plan() {
        for (int host = 0; host < busy.length; host++) {
            if (!awake[host] && !into.get(host).isEmpty()) {
                going.add(new Going(rates.wake().toMillis(), WAKES, State.NOWHERE, host, true));
                power.add(new Plan.Power(id(host), true, Duration.ZERO, rates.wake()));
            }
        }
        beginAll(pending.stream().boxed().toList());
        while (!pending.isEmpty() || !going.isEmpty()) {
            if (!going.isEmpty()) {
                end(going.poll());
            } else if (!detour() && !(rates.maySuspend() && suspendOne()) && !resumeSomewhere()) {
                break;
            }
        }
        return new Plan(steps, unfinished(), power);
    }

    private List<Move> unfinished() {
        return pending.stream().mapToObj(this::nextMove).toList();
    }

    private Move nextMove(int vee) {
        long id = state.demand(vee).id();
        int from = state.hostOf(vee);
        if (goal[vee] == State.NOWHERE) {
            return new Move.Stop(id, id(from));
        }
        if (from >= 0) {
            return new Move.Migrate(id, id(from), id(goal[vee]));
        }
        return suspended.contains(vee) ? new Move.Resume(id, id(goal[vee])) : new Move.Start(id, id(goal[vee]));
    }

    private long id(int host) {
        return state.hosts.get(host).id();
    }

    private void beginAll(Collection<Integer> vees) {
        for (int vee : List.copyOf(vees)) {
            if (pending.get(vee) && mayBegin(vee, goal[vee])) {
                begin(vee, nextMove(vee), goal[vee], true);
            }
        }
    }

    /** As many as the host, of which all these leave or go there, has hands for. */
    private void beginAt(int host, Collection<Integer> vees) {
        if (busy[host] < rates.movesPerHost()) {
            for (int vee : vees.toArray(Integer[]::new)) {
                if (busy[host] >= rates.movesPerHost()) {
                    return;
                }
                if (pending.get(vee) && mayBegin(vee, goal[vee])) {
                    begin(vee, nextMove(vee), goal[vee], true);
                }
            }
        }
    }

    /** Room for another move on both hosts, room on the destination, and no rule against it. */
    private boolean mayBegin(int vee, int to) {
        int from = state.hostOf(vee);
        if (from >= 0 && busy[from] >= rates.movesPerHost() || to >= 0 && busy[to] >= rates.movesPerHost()) {
            return false;
        }
        if (to < 0) {
            return true;
        }
        if (!state.usable[to] || !awake[to] || !state.fits(vee, to)) {
            return false;
        }
        if (far(from, to) && links.getOrDefault(link(from, to), 0) >= rates.betweenSites().moves()) {
            linkBound.add(vee);
            return false;
        }
        boolean allowed = rulesAllow(vee, to);
        if (!allowed) {
            ruledOut.add(vee);
        }
        return allowed;
    }

    private boolean far(int from, int to) {
        return from >= 0 && to >= 0 && site[from] != site[to];
    }

    private static boolean leaves(Move move, long host) {
        return switch (move) {
            case Move.Migrate(_, var from, _) -> from == host;
            case Move.Stop(_, var from) -> from == host;
            case Move.Suspend(_, var from) -> from == host;
            case Move.Start _, Move.Resume _ -> false;
        };
    }

    private Set<String> link(int from, int to) {
        return Set.of(state.host(from).site(), state.host(to).site());
    }

    private boolean rulesAllow(int vee, int to) {
        var rules = state.rulesOf(vee);
        if (rules.length == 0) {
            return true;
        }
        int from = state.hostOf(vee);
        if (from >= 0) {
            state.remove(vee);
        }
        boolean allowed = true;
        for (var rule : rules) {
            allowed &= rule.restsWhileMoving() || !rule.excludes(to, to);
        }
        if (from >= 0) {
            state.place(vee, from);
        }
        return allowed;
    }

    private void begin(int vee, Move move, int to, boolean arrives) {
        int from = state.hostOf(vee);
        long end = now + rates.duration(move, state.demand(vee).amounts(), far(from, to));
        if (far(from, to)) {
            links.merge(link(from, to), 1, Integer::sum);
        }
        forget(vee);
        if (from >= 0) {
            busy[from]++;
            state.remove(vee);
            state.hold(vee, from);
        }
        if (to >= 0) {
            busy[to]++;
            state.place(vee, to);
        }
        going.add(new Going(end, vee, from, to, arrives));
        steps.add(new Step(move, Duration.ofMillis(now), Duration.ofMillis(end)));
    }

    private void forget(int vee) {
        pending.clear(vee);
        ruledOut.remove(vee);
        linkBound.remove(vee);
        if (goal[vee] >= 0) {
            into.get(goal[vee]).remove(vee);
        }
        if (state.hostOf(vee) >= 0) {
            outOf.get(state.hostOf(vee)).remove(vee);
        }
    }

    /** Frees the source, and looks at those that may have waited for it. */
    private void end(Going move) {
        now = move.end();
        if (move.vee() == WAKES) {
            awake[move.to()] = true;
            beginAt(move.to(), into.get(move.to()));
            return;
        }
        if (far(move.from(), move.to())) {
            links.merge(link(move.from(), move.to()), -1, Integer::sum);
            beginAll(linkBound);
        }
        if (move.from() >= 0) {
            busy[move.from()]--;
            state.letGo(move.vee(), move.from());
        }
        if (move.to() >= 0) {
            busy[move.to()]--;
        }
        if (move.arrives()) {
            goal[move.vee()] = STAY_OUT;
        } else {
            await(move.vee());
        }
        for (int host : new int[] {move.from(), move.to()}) {
            if (host >= 0) {
                beginAt(host, into.get(host));
                beginAt(host, outOf.get(host));
            }
        }
        if (state.rulesOf(move.vee()).length > 0) {
            beginAll(ruledOut);
        }
        if (!move.arrives()) {
            beginAll(List.of(move.vee()));
        }
    }

    /** Sends the cheapest VEE that stands in the way over a third host. */
    private boolean detour() {
        for (int vee : obstacles()) {
            int via = detoured.contains(vee) ? State.NOWHERE : bypass(vee);
            if (via != State.NOWHERE) {
                detoured.add(vee);
                long id = state.demand(vee).id();
                begin(vee, new Move.Migrate(id, id(state.hostOf(vee)), id(via)), via, false);
                return true;
            }
        }
        return false;
    }

    private boolean suspendOne() {
        for (int vee : obstacles()) {
            if (suspended.add(vee)) {
                begin(vee, new Move.Suspend(state.demand(vee).id(), id(state.hostOf(vee))), State.NOWHERE, false);
                return true;
            }
        }
        return false;
    }

    /** No VEE is left suspended: one whose goal does not become free resumes where there is room. */
    private boolean resumeSomewhere() {
        for (int vee : pending.stream().toArray()) {
            int host = state.hostOf(vee) < 0 && suspended.contains(vee) ? bypass(vee) : State.NOWHERE;
            if (host != State.NOWHERE) {
                begin(vee, new Move.Resume(state.demand(vee).id(), id(host)), host, false);
                return true;
            }
        }
        return false;
    }

    /** Running VEEs that wait to move: first those whose going lets another come at once, then by memory. */
    private List<Integer> obstacles() {
        return pending.stream().filter(vee -> state.hostOf(vee) >= 0).boxed().sorted(Comparator
                .comparing((Integer vee) -> !opensAWay(vee)).thenComparingLong(vee -> memory(vee)).thenComparingInt(vee -> vee)).toList();
    }

    private long memory(int vee) {
        var amounts = state.demand(vee).amounts();
        return amounts.at(Math.min(1, amounts.size() - 1));
    }

    private boolean opensAWay(int vee) {
        int from = state.hostOf(vee);
        state.remove(vee);
        boolean opens = into.get(from).stream().anyMatch(other -> state.fits(state.demand(other).amounts(), from) && rulesAllow(other, from));
        state.place(vee, from);
        return opens;
    }

    /** The host with the fewest VEEs, of those that take the VEE. */
    private int bypass(int vee) {
        var demand = state.demand(vee);
        var scores = new Shape(demand.amounts(), demand.requirements(), Rank.STRIPING).scores(state);
        int best = State.NOWHERE;
        for (int host = 0; host < state.hosts.size(); host++) {
            if (host != state.hostOf(vee) && awake[host] && scores.applyAsDouble(host) != Shape.NOT_HERE && rulesAllow(vee, host)
                    && (best == State.NOWHERE || state.running(host) < state.running(best))) {
                best = host;
            }
        }
        return best;
    }
}
