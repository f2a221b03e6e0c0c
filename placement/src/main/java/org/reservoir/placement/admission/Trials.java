package org.reservoir.placement.admission;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.reservoir.placement.Demand;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.State;
import org.reservoir.placement.search.Budget;

/** Trials over one placement: who falls short at a moment drawn by lot. */
final class Trials {
    /** VEEs that may make way are tried so often in a trial: on hosts that are full thousands of them cost more than all that was found before. */
    static final long EFFORT = 200_000;
    static final Budget AS_LONG_AS_IT_TAKES = Budget.ofIterations(0, 0);

    private final State state;
    private final Rehousing rehousing;
    private final Peaks peaks;
    private final Failures failures;
    private final Slots slots;
    private final Proofs proofs;
    private final Optional<String> asked;
    private final int[] begins;
    /** Of each resource, on all hosts together. */
    private final long[] free;
    private final Map<String, Integer> broken = new HashMap<>();
    /** When more than one host is down, if nothing but that is drawn. */
    private Optional<ManyDown> several = Optional.empty();
    private int made;

    /** @param state the snapshot's, which is these trials' own from now on */
    Trials(State state, Snapshot snapshot, List<Service> there, Optional<Service> service, Peaks peaks, Failures failures) {
        this.state = state;
        this.rehousing = new Rehousing(state, snapshot);
        this.peaks = peaks;
        this.failures = failures;
        var all = new ArrayList<>(there);
        service.ifPresent(all::add);
        all.forEach(this::know);
        var needs = new Needs(state, snapshot, peaks.all());
        slots = Slots.of(needs, peaks.all());
        proofs = new Proofs(needs, snapshot, peaks.all());
        begins = peaks.begins();
        asked = service.map(Service::name);
        free = IntStream.range(0, state.resources()).mapToLong(r -> free(IntStream.range(0, state.hosts()), r)).toArray();
    }

    /** Its VEEs that run, each counted for the first tier that it is like, and what it may want besides. */
    private void know(Service service) {
        var running = new int[service.tiers().size()];
        for (int vee = 0; vee < state.vees(); vee++) {
            if (state.hostOf(vee) != State.NOWHERE && state.demand(vee).groups().contains(service.name())) {
                peaks.belongs(vee, service.name());
                tierOf(state.demand(vee), service, running).ifPresent(tier -> running[tier]++);
            }
        }
        for (int tier = 0; tier < running.length; tier++) {
            peaks.add(state, service, service.tiers().get(tier), running[tier]);
        }
    }

    private static OptionalInt tierOf(Demand vee, Service service, int[] running) {
        return IntStream.range(0, running.length).filter(i -> running[i] < service.tiers().get(i).most() && service.tiers().get(i).covers(vee)).findFirst();
    }

    /** One that was made. @param down hosts that were down @param broken services that fell short */
    record Trial(int down, Set<String> broken) {}

    /** @return nothing when time was up before it was decided */
    Optional<Trial> trial(long seed, Budget budget) {
        return trial(seed, EFFORT, budget);
    }

    /** @param effort pairs of a host and a VEE that may make way, at most */
    Trial toItsEnd(long seed, long effort) {
        return trial(seed, effort, AS_LONG_AS_IT_TAKES).orElseThrow();
    }

    private Optional<Trial> trial(long seed, long effort, Budget budget) {
        var down = several.map(it -> it.drawn(new SplittableRandom(seed))).orElseGet(() -> failures.drawn(state, new SplittableRandom(seed)));
        var trial = trial(down, peaks.drawn(new SplittableRandom(~seed)), seed, effort, budget);
        trial.ifPresent(it -> {
            made++;
            it.broken().forEach(name -> broken.merge(name, 1, Integer::sum));
        });
        return trial;
    }

    /** At a moment when unusually many are down; not counted among the others. */
    Optional<Trial> trial(ManyDown many, long seed, Budget budget) {
        return trial(many.drawn(new SplittableRandom(seed)), peaks.drawn(new SplittableRandom(~seed)), seed, EFFORT, budget);
    }

    private Optional<Trial> trial(int[] down, int[] more, long seed, long effort, Budget budget) {
        if (slots.suffice(down, begins, more)) {
            return Optional.of(new Trial(down.length, Set.of()));
        }
        boolean lacks = lacks(down, more);
        if (!lacks && proofs.houses(down, peaks.wanted(more))) {
            return Optional.of(new Trial(down.length, Set.of()));
        }
        var last = asked.filter(it -> lacks && peaks.comesLast(it, more) && proofs.houses(down, peaks.wanted(peaks.of(it, true, more))));
        // the others have room, and when they have taken it there is less left in all than is wanted by this one, who comes last: nobody but it falls short
        return last.isPresent() ? Optional.of(new Trial(down.length, Set.of(last.get()))) : searched(down, peaks.wanted(more), seed, effort, budget);
    }

    /** Whether all hosts that are up have less left together, of something, than those want who need a place. */
    private boolean lacks(int[] down, int[] more) {
        return IntStream.range(0, free.length).anyMatch(r -> needs(down, more, r) > free[r] - free(Arrays.stream(down), r));
    }

    /** Of those whose hosts are down, and what is wanted besides. */
    private long needs(int[] down, int[] more, int resource) {
        return Arrays.stream(down).mapToLong(host -> state.used(host, resource)).sum() + peaks.asked(state, more, resource);
    }

    private Optional<Trial> searched(int[] down, int[] wanted, long seed, long effort, Budget budget) {
        var gone = new boolean[state.hosts()];
        Arrays.stream(down).forEach(host -> gone[host] = true);
        var found = rehousing.inTime(gone, wanted, Failover.random(seed ^ 0x5DEECE66DL), effort, budget);
        found.ifPresent(it -> proofs.note(it, down.length));
        return found.map(outcome -> new Trial(down.length,
                Arrays.stream(outcome.stranded()).mapToObj(peaks::owner).filter(Objects::nonNull).collect(Collectors.toCollection(HashSet::new))));
    }

    /**
     * Looks at no host down and at each one by itself, with everybody at their most: when nobody falls short then, these moments need not be drawn, and only those are from now on when more hosts are down.
     * That is done where it saves more trials than it takes.
     *
     * @param trials as many as are to be made otherwise
     * @return the part of all time that is known to end well then, or 0
     */
    double few(double trials, Budget budget) {
        if (failures.rack() > 0 || state.hosts() >= trials) {
            return 0;
        }
        var more = new ManyDown(state, failures, Math.min(2, state.hosts()));
        double few = 1 - more.chance();
        if (state.hosts() + 1 >= few * trials || !IntStream.rangeClosed(-1, state.hosts() - 1).allMatch(host -> well(host, budget))) {
            return 0;
        }
        several = Optional.of(more);
        return few;
    }

    private boolean well(int host, Budget budget) {
        return trial(host < 0 ? new int[0] : new int[] {host}, peaks.most(), host, EFFORT, budget).filter(it -> it.broken().isEmpty()).isPresent();
    }

    /** Draws what the other draws. */
    void drawAs(Trials other) {
        several = other.several;
    }

    /** When unusually many hosts are down, that often or somewhat more. */
    ManyDown manyDown(double chance) {
        return ManyDown.thatOften(state, failures, chance);
    }

    /** Whether at all of some moments a service wants more of a resource than there is on hosts that are up, whoever else wants some. */
    boolean hopeless(String service, int moments, long seed) {
        return IntStream.range(0, moments).allMatch(i -> {
            var down = failures.drawn(state, new SplittableRandom(seed + i));
            var more = peaks.drawn(new SplittableRandom(~(seed + i)));
            return IntStream.range(0, free.length).anyMatch(r -> peaks.asked(state, peaks.of(service, false, more), r) > free[r] - free(Arrays.stream(down), r));
        });
    }

    private long free(IntStream hosts, int resource) {
        return hosts.filter(host -> state.host(host).usable()).mapToLong(host -> Math.max(0, state.free(host, resource))).sum();
    }

    /** What the loss of hosts means, with nothing that is wanted besides. */
    Failover failover() {
        return new Failover(state, rehousing);
    }

    /** VEEs that change places with others where there is no room otherwise. */
    int moved() {
        return proofs.moved();
    }

    int made() {
        return made;
    }

    /** Of the moments that were drawn. */
    Share share(String service) {
        return new Share(made - broken.getOrDefault(service, 0), made, false);
    }
}
