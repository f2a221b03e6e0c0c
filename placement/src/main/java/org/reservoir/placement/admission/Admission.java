package org.reservoir.placement.admission;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

import org.reservoir.placement.Decision;
import org.reservoir.placement.Demand;
import org.reservoir.placement.Placer;
import org.reservoir.placement.Policy;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.State;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.search.Budget;

/**
 * Decides whether a service is taken in: only when it can have all that it wants, over its whole range of replicas, for at least the share
 * of time that it is promised, and when no service that is there falls below what it was promised because of it.
 *
 * <p>Each trial draws hosts that are down and how much each service wants, then looks for places: for those who lost theirs first, then for
 * what is wanted besides, in the order of what was promised. The same trials are made with and without the new service (common random
 * numbers), so their difference is its doing. Where counting proves that there is room ({@link Slots}), or it is found at first sight ({@link FirstFit}), nothing is searched.
 */
public final class Admission {
    private static final int FIRST_LOOK = 50;
    private static final long MOST_LOOKED_AT = 1_000_000;
    /** So many are made even when time is up, of those that are decided without a search and take next to none. */
    private static final int LEAST_TRIALS = 2;
    /** So many draws that all ask for more than there is decide. */
    private static final int HOPELESS = 25;
    private static final Share NEVER = new Share(0, HOPELESS, false);

    private final Snapshot snapshot;
    private final List<Service> there;
    private final Failures failures;

    /**
     * @param snapshot the placement as it stands; the VEEs of a service are those with its name among their groups
     * @param there    services that were taken in before
     */
    public Admission(Snapshot snapshot, List<Service> there, Failures failures) {
        this.snapshot = snapshot;
        this.there = List.copyOf(there);
        this.failures = failures;
    }

    /**
     * @param policy by which its first replicas are placed
     * @param budget its iterations are trials; 2 000 tell 99.9 % from 99.5 %. Fewer are made when they have decided: to refuse is thought of after 50, 100, 200 …, to admit first when so many have been made as can
     */
    public Verdict judge(Service service, Policy policy, Budget budget) {
        var peaks = new Peaks();
        var first = new ArrayList<Demand>();
        service.tiers().forEach(tier -> {
            for (int i = 0; i < tier.least(); i++) {
                first.add(peaks.replica(service, tier));
            }
        });
        var placer = Placer.open(snapshot);
        var decisions = new ArrayList<Decision>();
        for (var demand : first) {
            var decision = placer.place(demand, policy);
            if (decision instanceof Decision.NoRoom no) {
                return noRoom(service, no, budget);
            }
            decisions.add(decision);
        }
        return judge(service, peaks, decisions, budget);
    }

    private Verdict noRoom(Service service, Decision.NoRoom no, Budget budget) {
        var why = List.of("%s is refused: not even its least replicas have room.".formatted(service.name()), no.summary(), no.advice());
        return new Verdict(false, new Share(0, 0, false), Map.of(), Map.of(), new Failover(snapshot).report(budget), why, false);
    }

    /** How the others fare beside it is not asked then. */
    private static Verdict hopeless(Service service, Snapshot grown, Budget budget) {
        var why = List.of(first(service, false, NEVER), "Whenever that was drawn, it wants more than all hosts that are up have left.");
        return new Verdict(false, NEVER, Map.of(), Map.of(), new Failover(grown).report(budget), why, false);
    }

    private Verdict judge(Service service, Peaks peaks, List<Decision> decisions, Budget budget) {
        var vees = new ArrayList<>(snapshot.vees());
        decisions.forEach(it -> vees.add(new VeeView(it.demand(), ((Decision.Placed) it).host())));
        var grown = snapshot.with(vees, snapshot.constraints());
        var with = new Trials(grown, there, Optional.of(service), peaks);
        if (NEVER.high() < service.promised() && with.hopeless(service.name(), failures, budget.seed())) {
            return hopeless(service, grown, budget);
        }
        long trials = 0;
        var refusal = new Looks(FIRST_LOOK);
        var admission = new Looks(leastThatAdmit(service.promised()));
        boolean decided = false;
        while (!decided && trials < budget.iterations() && (trials < LEAST_TRIALS || !budget.expired()) && with.trial(failures, budget.seed() + trials, budget)) {
            trials++;
            var share = with.share(service.name());
            decided = refusal.due(trials) && share.high(refusal.z()) < service.promised() || admission.due(trials) && share.low(admission.z()) >= service.promised();
        }
        return verdict(service, with, without(with, trials, budget), new Failover(grown).report(budget), !decided && trials < budget.iterations());
    }

    /** Fewer cannot, even if all of them end well. */
    private static long leastThatAdmit(double promised) {
        long trials = FIRST_LOOK;
        while (new Share((int) trials, (int) trials, false).low(Share.Z_LOOKS[0]) < promised && trials < MOST_LOOKED_AT) {
            trials += FIRST_LOOK;
        }
        return trials;
    }

    /**
     * After how many trials their outcome is looked at: at first, then at twice as many each time. Looking often finds something by chance in the end; so the first look may err in 1/80 of all cases and each
     * further one in half as many: all looks before the last together in no more than 1/40, beside the 1/20 of the interval that is told. To refuse and to admit are errors on different sides, each with looks of its own.
     */
    private static final class Looks {
        private long next;
        private int looks = -1;

        Looks(long first) {
            next = first;
        }

        boolean due(long trials) {
            if (trials < next) {
                return false;
            }
            next *= 2;
            looks++;
            return true;
        }

        /** Of the look that is due. */
        double z() {
            return Share.Z_LOOKS[Math.min(looks, Share.Z_LOOKS.length - 1)];
        }
    }

    /** How the others fare without it is only asked when one of them falls short with it. */
    private Trials without(Trials with, long trials, Budget budget) {
        var without = new Trials(snapshot, there, Optional.empty(), new Peaks());
        if (there.stream().anyMatch(it -> with.share(it.name()).rate() < it.promised())) {
            for (long trial = 0; trial < trials; trial++) {
                without.trial(failures, budget.seed() + trial, Budget.ofIterations(budget.seed(), trials));
            }
        }
        return without;
    }

    private Verdict verdict(Service service, Trials with, Trials without, Failover.Report failover, boolean truncated) {
        var honoured = with.share(service.name());
        var others = new TreeMap<String, Share>();
        var alone = new TreeMap<String, Share>();
        there.forEach(it -> {
            others.put(it.name(), with.share(it.name()));
            if (without.made > 0) {
                alone.put(it.name(), without.share(it.name()));
            }
        });
        var harmed = there.stream().filter(it -> without.made > 0 && others.get(it.name()).rate() < it.promised() && others.get(it.name()).held() < alone.get(it.name()).held()).toList();
        var keeps = (with.cutShort ? new Share(honoured.held(), honoured.of() + 1, false) : honoured).low() >= service.promised();
        var why = new ArrayList<String>();
        why.add(first(service, keeps && harmed.isEmpty(), honoured));
        if (!keeps && honoured.high() >= service.promised()) {
            why.add(honoured.of() == 0 ? "Time was up before the first trial was decided." : "More trials might decide otherwise: the promise lies within the interval.");
        }
        harmed.forEach(it -> why.add("%s, which is promised %.3f %%, would have all that it wants %s of the time; without the new service it is %s.".formatted(it.name(), 100 * it.promised(),
                others.get(it.name()), alone.get(it.name()))));
        why.add("With it at its least, the loss of one host is survived %s.".formatted(failover.survived()));
        failover.losses().stream().limit(3).forEach(loss -> why.add("Without host %s there is no place for %d VEEs.".formatted(names(loss), loss.stranded().size())));
        return new Verdict(keeps && harmed.isEmpty(), honoured, others, alone, failover, why, truncated);
    }

    private static String first(Service service, boolean admitted, Share honoured) {
        return "%s is %s: it has all that it wants %s of the time, and %.3f %% is promised.".formatted(service.name(), admitted ? "admitted" : "refused", honoured, 100 * service.promised());
    }

    private String names(Failover.Loss loss) {
        return String.join(", ", snapshot.hosts().stream().filter(host -> loss.hosts().contains(host.id())).map(host -> host.name()).toList());
    }

    /** The same trials over one placement. */
    private static final class Trials {
        private final State state;
        private final Rehousing rehousing;
        private final Peaks peaks;
        private final Slots slots;
        /** As many of its ways as were needed. */
        private final List<FirstFit> firstFits = new ArrayList<>();
        private final Snapshot snapshot;
        private final int[] begins;
        private final Map<String, Integer> broken = new HashMap<>();
        private int made;
        /** Whether time was up in the midst of a search. What took so long may well have failed: it is told as not made, and held against the service. */
        private boolean cutShort;

        Trials(Snapshot snapshot, List<Service> there, Optional<Service> service, Peaks peaks) {
            this.snapshot = snapshot;
            this.state = new State(snapshot);
            this.rehousing = new Rehousing(state, snapshot);
            this.peaks = peaks;
            var all = new ArrayList<>(there);
            service.ifPresent(all::add);
            all.forEach(this::know);
            slots = Slots.of(state, snapshot, peaks.all());
            begins = peaks.begins();
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

        /** @return whether it was decided before time was up */
        boolean trial(Failures failures, long seed, Budget budget) {
            var down = failures.drawn(state, new SplittableRandom(seed));
            var more = peaks.drawn(new SplittableRandom(~seed));
            if (!slots.suffice(down, begins, more)) {
                var wanted = peaks.wanted(more);
                cutShort = !firstFits(down, wanted) && !searched(down, wanted, seed, budget);
            }
            made += cutShort ? 0 : 1;
            return !cutShort;
        }

        private boolean searched(int[] down, int[] wanted, long seed, Budget budget) {
            var gone = new boolean[state.hosts()];
            Arrays.stream(down).forEach(host -> gone[host] = true);
            var outcome = rehousing.inTime(gone, wanted, Failover.random(seed ^ 0x5DEECE66DL), budget);
            outcome.stream().flatMap(it -> Arrays.stream(it.stranded()).mapToObj(peaks::owner)).filter(Objects::nonNull).distinct().forEach(name -> broken.merge(name, 1, Integer::sum));
            return outcome.isPresent();
        }

        private boolean firstFits(int[] down, int[] wanted) {
            for (int way = 0; way < FirstFit.ways(state); way++) {
                if (way == firstFits.size()) {
                    firstFits.add(new FirstFit(state, snapshot, peaks.all(), way));
                }
                if (firstFits.get(way).houses(down, wanted)) {
                    return true;
                }
            }
            return false;
        }

        /** Whether at all of some moments a service wants more of a resource than there is on hosts that are up, whoever else wants some. */
        boolean hopeless(String service, Failures failures, long seed) {
            var free = IntStream.range(0, state.resources()).mapToLong(r -> IntStream.range(0, state.hosts()).mapToLong(host -> free(host, r)).sum()).toArray();
            return IntStream.range(0, HOPELESS).allMatch(i -> {
                var down = failures.drawn(state, new SplittableRandom(seed + i));
                var more = peaks.drawn(new SplittableRandom(~(seed + i)));
                return IntStream.range(0, free.length).anyMatch(r -> peaks.asked(state, service, more, r) > free[r] - Arrays.stream(down).mapToLong(host -> free(host, r)).sum());
            });
        }

        private long free(int host, int resource) {
            return state.host(host).usable() ? Math.max(0, state.free(host, resource)) : 0;
        }

        Share share(String service) {
            return new Share(made - broken.getOrDefault(service, 0), made, false);
        }
    }
}
