package org.reservoir.placement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;

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
    /** Who was to come to each host at first: from {@code intoFrom[host]} on, up to where the next host's begin, by number. Those that are {@link #pending} still are. */
    private final int[] into;
    private final int[] intoFrom;
    private final BitSet ruledOut = new BitSet();
    private final BitSet pending = new BitSet();
    /** Numbers of hosts' sites. */
    private final int[] site;
    private final Detours detours;
    private final int[] busy;
    private final boolean[] awake;
    /** Moves going on between two sites. */
    private final Map<Set<String>, Integer> links = new HashMap<>();
    private final BitSet linkBound = new BitSet();
    private final List<Plan.Power> power = new ArrayList<>();
    private final PriorityQueue<Going> going = new PriorityQueue<>();
    private long now;

    private record Going(long end, int vee, int from, int to, boolean arrives) implements Comparable<Going> {
        @Override
        public int compareTo(Going other) {
            return end != other.end ? Long.compare(end, other.end) : Integer.compare(vee, other.vee);
        }
    }

    Timetable(Snapshot snapshot, Collection<VeeView> target, Rates rates) {
        this.state = new State(snapshot);
        this.rates = rates;
        this.detours = new Detours(this, state);
        this.busy = new int[state.hosts.size()];
        this.awake = new boolean[busy.length];
        this.site = new int[busy.length];
        var sites = new HashMap<String, Integer>();
        for (int h = 0; h < state.hosts.size(); h++) {
            awake[h] = !state.asleep[h];
            site[h] = sites.computeIfAbsent(state.host(h).site(), _ -> sites.size());
        }
        goal = goals(target);
        for (int vee = 0; vee < goal.length; vee++) {
            if (goal[vee] == state.hostOf(vee)) {
                goal[vee] = STAY_OUT;
            } else {
                pending.set(vee);
            }
        }
        intoFrom = new int[busy.length + 1];
        into = byGoal();
    }

    private int[] byGoal() {
        pending.stream().filter(vee -> goal[vee] >= 0).forEach(vee -> intoFrom[goal[vee] + 1]++);
        for (int host = 0; host < busy.length; host++) {
            intoFrom[host + 1] += intoFrom[host];
        }
        var next = intoFrom.clone();
        var vees = new int[intoFrom[busy.length]];
        pending.stream().filter(vee -> goal[vee] >= 0).forEach(vee -> vees[next[goal[vee]]++] = vee);
        return vees;
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

    Plan plan() {
        for (int host = 0; host < busy.length; host++) {
            if (!awake[host] && waitingFor(host).findAny().isPresent()) {
                going.add(new Going(rates.wake().toMillis(), WAKES, State.NOWHERE, host, true));
                power.add(new Plan.Power(id(host), true, Duration.ZERO, rates.wake()));
            }
        }
        beginAll(pending);
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
    IntStream waitingFor(int host) {
        return Arrays.stream(into, intoFrom[host], intoFrom[host + 1]).filter(pending::get);
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

    /** What begins is taken out meanwhile, which moves nobody else. */
    private void beginAll(BitSet vees) {
        for (int vee = vees.nextSetBit(0); vee >= 0; vee = vees.nextSetBit(vee + 1)) {
            beginIfMay(vee);
        }
    }

    private void beginIfMay(int vee) {
        if (pending.get(vee) && mayBegin(vee, goal[vee])) {
            begin(vee, nextMove(vee), goal[vee], true);
        }
    }

    /** Of those that go there, then of those that are there, as many as the host has hands for. */
    private void beginAt(int host) {
        for (int i = intoFrom[host]; i < intoFrom[host + 1] && busy[host] < rates.movesPerHost(); i++) {
            beginIfMay(into[i]);
        }
        if (busy[host] < rates.movesPerHost()) {
            for (int vee : leaving(host)) {
                beginIfMay(vee);
            }
        }
    }

    private int[] leaving(int host) {
        var vees = new int[state.running(host)];
        int many = 0;
        for (int vee = state.firstOn(host); vee != State.NOWHERE; vee = state.nextOn(vee)) {
            if (pending.get(vee)) {
                vees[many++] = vee;
            }
        }
        Arrays.sort(vees, 0, many);
        return Arrays.copyOf(vees, many);
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
            linkBound.set(vee);
            return false;
        }
        boolean allowed = rulesAllow(vee, to);
        if (!allowed) {
            ruledOut.set(vee);
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
        ruledOut.clear(vee);
        linkBound.clear(vee);
    }

    /** Frees the source, and looks at those that may have waited for it. */
    private void end(Going move) {
        now = move.end();
        if (move.vee() == WAKES) {
            awake[move.to()] = true;
            beginAt(move.to());
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
            pending.set(move.vee());
        }
        if (move.from() >= 0) {
            beginAt(move.from());
        }
        if (move.to() >= 0) {
            beginAt(move.to());
        }
        if (state.rulesOf(move.vee()).length > 0) {
            beginAll(ruledOut);
        }
        if (!move.arrives()) {
            beginIfMay(move.vee());
        }
    }
}
