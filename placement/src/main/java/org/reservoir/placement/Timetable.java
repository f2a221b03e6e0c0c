package org.reservoir.placement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;

/**
 * Orders moves. It begins every move as soon as its destination has room and no rule forbids it, counts a migrating VEE on both hosts, and when nothing can
 * begin any more has {@link Detours} break the cycle. Where that does not help the moves left are given as unfinished.
 */
final class Timetable {
    private static final int STAY_OUT = -2;
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
    private final Detours detours;
    private final int[] busy;
    private final boolean[] awake;
    /** Moves going on between two sites. */
    private final Map<Set<String>, Integer> links = new HashMap<>();
    private final TreeSet<Integer> linkBound = new TreeSet<>();
    private final List<Plan.Power> power = new ArrayList<>();
    private final PriorityQueue<Going> going = new PriorityQueue<>(Comparator.comparingLong(Going::end).thenComparingInt(Going::vee));
    private long now;

    private record Going(long end, int vee, int from, int to, boolean arrives) {}

    Timetable(Snapshot snapshot, Collection<VeeView> target, Rates rates) {
        this.state = new State(snapshot);
        this.rates = rates;
        this.detours = new Detours(this, state);
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
        goal = goals(target);
        for (int vee = 0; vee < goal.length; vee++) {
            if (goal[vee] == state.hostOf(vee)) {
                goal[vee] = STAY_OUT;
            } else {
                await(vee);
            }
        }
    }

    /** Takes in who is not there yet. */
    private int[] goals(Collection<VeeView> target) {
        var goals = new int[state.vees() + target.size()];
        Arrays.fill(goals, State.NOWHERE);
        for (var vee : target) {
            int known = state.veeIndex(vee.demand().id());
            goals[known == State.NOWHERE ? state.add(vee.demand()) : known] = state.hostIndex(vee.host());
        }
        return Arrays.copyOf(goals, state.vees());
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

    Plan plan() {
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
            } else if (!detours.find(rates.maySuspend())) {
                break;
            }
        }
        return new Plan(steps, unfinished(), power);
    }

    boolean awake(int host) {
        return awake[host];
    }

    /** The VEEs that have not begun their last move. */
    BitSet pending() {
        return pending;
    }

    /** Those of them that shall go to the host. */
    Set<Integer> waitingFor(int host) {
        return into.get(host);
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
        return detours.suspended(vee) ? new Move.Resume(id, id(goal[vee])) : new Move.Start(id, id(goal[vee]));
    }

    long id(int host) {
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

    private Set<String> link(int from, int to) {
        return Set.of(state.host(from).site(), state.host(to).site());
    }

    boolean rulesAllow(int vee, int to) {
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

    /** @param arrives whether it is where it shall be then */
    void begin(int vee, Move move, int to, boolean arrives) {
        int from = state.hostOf(vee);
        long end = now + rates.duration(move, state.demand(vee).amounts(), far(from, to));
        if (far(from, to)) {
            links.merge(link(from, to), 1, Integer::sum);
        }
        forget(vee);
        if (from >= 0) {
            busy[from]++;
            state.remove(vee);
            state.hold(vee, from, to >= 0);
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
            state.letGo(move.vee(), move.from(), move.to() >= 0);
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
}
