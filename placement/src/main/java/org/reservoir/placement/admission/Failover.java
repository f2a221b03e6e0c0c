package org.reservoir.placement.admission;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.reservoir.kernel.Refused;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.State;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.search.Budget;

/**
 * What happens to a placement when hosts are gone: whether each VEE of theirs has a place on the others. For the loss of one host all cases are
 * known and kept up to date while VEEs come and go: a case that ended well is proved anew by its own solution, in microseconds, and solved
 * again only when that does not hold any more. Used by one thread.
 */
public final class Failover {
    private static final long SEED = 1;
    private static final int LEAST_LOSSES = 20;

    private final State state;
    private final Rehousing rehousing;
    private final Case[] cases;
    private boolean stale = true;

    /** The loss of one host: how it ends, and whether something changed since that might end it otherwise. */
    private static final class Case {
        private Rehousing.Outcome outcome;
        private boolean changed = true;
    }

    /**
     * The loss of each host that runs something, one at a time.
     *
     * @param survived how often everyone of it had a place elsewhere
     * @param losses   those that are not survived, most stranded VEEs first
     */
    public record Report(Share survived, List<Loss> losses) {
        public Report {
            losses = List.copyOf(losses);
        }
    }

    /** Hosts that are gone, and the VEEs of theirs for which no place was found. Ids. */
    public record Loss(Set<Long> hosts, List<Long> stranded) {
        public Loss {
            hosts = Set.copyOf(hosts);
            stranded = List.copyOf(stranded);
        }
    }

    public Failover(Snapshot snapshot) {
        this(new State(snapshot), snapshot);
    }

    private Failover(State state, Snapshot snapshot) {
        this(state, new Rehousing(state, snapshot));
    }

    /** Of VEEs that have a place there. */
    Failover(State state, Rehousing rehousing) {
        this.state = state;
        this.rehousing = rehousing;
        cases = IntStream.range(0, state.hosts()).mapToObj(_ -> new Case()).toArray(Case[]::new);
    }

    /** Takes note of where a VEE is, that is new or has moved. @throws Refused {@code BAD_SNAPSHOT} when its host is not there */
    public void note(VeeView vee) {
        int host = state.hostIndex(vee.host());
        if (host == State.NOWHERE) {
            throw Refused.invalid("BAD_SNAPSHOT", "VEE %d is on host %d, which is not there.".formatted(vee.demand().id(), vee.host()), "");
        }
        forget(vee.demand().id());
        int known = state.veeIndex(vee.demand().id());
        state.place(known != State.NOWHERE && state.demand(known).equals(vee.demand()) ? known : state.add(vee.demand()), host);
        touched(host);
    }

    /** Takes note that a VEE is gone; one that was not there is fine. */
    public void forget(long vee) {
        int known = state.veeIndex(vee);
        if (known != State.NOWHERE && state.hostOf(known) != State.NOWHERE) {
            touched(state.hostOf(known));
            state.remove(known);
            // there is more room now: what had none may have some
            Arrays.stream(cases).filter(it -> it.outcome != null && !it.outcome.whole()).forEach(it -> it.changed = true);
        }
    }

    private void touched(int host) {
        cases[host].changed = true;
        stale = true;
    }

    /** All losses of one host. */
    public Report report() {
        if (stale) {
            IntStream.range(0, cases.length).forEach(this::bringUpToDate);
            stale = false;
        }
        return report(IntStream.range(0, cases.length).filter(host -> state.running(host) > 0).toArray(), true);
    }

    /** Of losses of one host as many as there is time for, drawn by lot, and at least a few; exact when that were all. */
    Report report(Budget budget) {
        var inUse = IntStream.range(0, cases.length).filter(host -> state.running(host) > 0).boxed().collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(inUse, new java.util.Random(budget.seed()));
        int looked = 0;
        while (looked < inUse.size() && (looked < LEAST_LOSSES || !budget.expired())) {
            bringUpToDate(inUse.get(looked++));
        }
        var some = inUse.subList(0, looked);
        return report(some.stream().mapToInt(host -> host).sorted().toArray(), looked == inUse.size());
    }

    private Report report(int[] some, boolean all) {
        var losses = IntStream.of(some).filter(host -> !cases[host].outcome.whole()).mapToObj(host -> loss(Set.of(state.host(host).id()), cases[host].outcome))
                .sorted(Comparator.comparingInt((Loss loss) -> loss.stranded().size()).reversed()).toList();
        return new Report(new Share(some.length - losses.size(), some.length, all), losses);
    }

    private void bringUpToDate(int host) {
        var it = cases[host];
        var down = new boolean[cases.length];
        down[host] = true;
        if (it.outcome == null || it.changed || it.outcome.whole() && !rehousing.stands(down, it.outcome)) {
            it.outcome = rehousing.of(down, new int[0], random(SEED));
            it.changed = false;
        }
    }

    /** The loss, or the maintenance, of these hosts at the same time. @throws Refused {@code HOST_UNKNOWN} */
    public Loss losing(Set<Long> hosts) {
        var down = new boolean[cases.length];
        for (long id : hosts) {
            int host = state.hostIndex(id);
            if (host == State.NOWHERE) {
                throw Refused.notFound("HOST_UNKNOWN", "There is no host %d.".formatted(id), "");
            }
            down[host] = true;
        }
        return loss(hosts, rehousing.of(down, new int[0], random(SEED)));
    }

    /**
     * Losses of so many hosts at the same time, drawn by lot; all of them for one host.
     *
     * @throws Refused {@code BAD_FAILURES} when there are not so many hosts
     */
    public Share losingAny(int count, int trials, long seed) {
        if (count < 1 || count > cases.length || trials < 1) {
            throw Refused.invalid("BAD_FAILURES", "%d trials of losing %d of %d hosts.".formatted(trials, count, cases.length), "At least one, and no more hosts than there are.");
        }
        if (count == 1) {
            return report().survived();
        }
        var random = random(seed);
        int held = 0;
        for (int trial = 0; trial < trials; trial++) {
            held += rehousing.of(some(count, random), new int[0], random).whole() ? 1 : 0;
        }
        return new Share(held, trials, false);
    }

    private boolean[] some(int count, RandomGenerator random) {
        var down = new boolean[cases.length];
        for (int chosen = 0; chosen < count; ) {
            int host = random.nextInt(down.length);
            chosen += down[host] ? 0 : 1;
            down[host] = true;
        }
        return down;
    }

    private Loss loss(Set<Long> hosts, Rehousing.Outcome outcome) {
        var stranded = new ArrayList<Long>();
        for (int vee : outcome.stranded()) {
            stranded.add(state.demand(vee).id());
        }
        Collections.sort(stranded);
        return new Loss(hosts, stranded);
    }

    static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

}
