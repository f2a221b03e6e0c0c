package org.reservoir.placement.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
    /** So many are made when those of many hosts down have refused, if there is time: the numbers shall tell something as well. */
    private static final int TOLD = 50;
    /** Those moments are looked at by themselves when so many hosts are down as are this many times as often as a service may fall short. */
    private static final double MANY_DOWN = 4;
    /** Of the time, at most. */
    private static final double MANY_DOWN_PART = 1 / 3.0;
    /** Of the time; what is left is for what the loss of one host means. */
    private static final double TRIALS_PART = 0.9;
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
     * @param budget its iterations are trials; 2 000 tell 99.9 % from 99.5 %. Fewer are made when they have decided ({@link Estimate})
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
            var decision = placer.place(demand, first, policy);
            if (decision instanceof Decision.NoRoom no) {
                return noRoom(service, no, budget);
            }
            decisions.add(decision);
        }
        return judge(service, peaks, placer.state(), decisions, budget);
    }

    private Verdict noRoom(Service service, Decision.NoRoom no, Budget budget) {
        var why = List.of("%s is refused: not even its least replicas have room.".formatted(service.name()), no.summary(), no.advice());
        return new Verdict(false, Chance.UNKNOWN, Map.of(), Map.of(), Optional.of(no.summary()), new Failover(snapshot).report(budget), why, false);
    }

    /** How the others fare beside it is not asked then. */
    private static Verdict hopeless(Service service, Failover.Report failover) {
        var why = List.of(first(service, false, NEVER.within(0)), "Whenever that was drawn, it wants more than all hosts that are up have left.");
        return new Verdict(false, NEVER.within(0), Map.of(), Map.of(), Optional.empty(), failover, why, false);
    }

    private Verdict judge(Service service, Peaks peaks, State placed, List<Decision> decisions, Budget budget) {
        var vees = new ArrayList<>(snapshot.vees());
        decisions.forEach(it -> vees.add(new VeeView(it.demand(), ((Decision.Placed) it).host())));
        var grown = snapshot.with(vees, snapshot.constraints());
        var with = new Trials(placed, grown, there, Optional.of(service), peaks, failures);
        if (NEVER.high() < service.promised() && with.hopeless(service.name(), HOPELESS, budget.seed())) {
            return hopeless(service, with.failover().report(budget));
        }
        var trying = budget.part(TRIALS_PART);
        double sure = with.few(Estimate.leastThatAdmit(service.promised()), trying);
        var made = tried(service, with, sure, trying);
        return verdict(service, with, without(with, sure, trying), made, with.failover().report(budget));
    }

    /** What came of the trials. @param sure the part of all time that is known to end well @param cutShort whether time was up in the midst of one @param truncated whether it was before it was decided */
    private record Made(Estimate estimate, double sure, boolean cutShort, boolean truncated) {}

    /** First as few as there must be, then some when unusually many hosts are down, then as moments come. */
    private Made tried(Service service, Trials with, double sure, Budget budget) {
        var many = failures.rack() > 0 || service.promised() == 0 ? Optional.<ManyDown>empty()
                : Optional.of(with.manyDown(Math.min(1, MANY_DOWN * (1 - service.promised())))).filter(it -> it.count() > (sure > 0 ? 1 : 0));
        var estimate = new Estimate(service.promised(), sure, many.map(ManyDown::chance).orElse(0.0), many.map(ManyDown::count).orElse(0));
        twoTrials(service, with, estimate, budget);
        many.ifPresent(moments -> whenManyAreDown(service, with, moments, estimate, budget.part(MANY_DOWN_PART)));
        boolean refused = estimate.decided();
        boolean cutShort = false;
        while (!cutShort && with.made() < budget.iterations() && !budget.expired() && (!estimate.decided() || refused && with.made() < TOLD)) {
            var trial = with.trial(budget.seed() + with.made(), budget);
            trial.ifPresent(it -> estimate.made(it, service.name()));
            cutShort = trial.isEmpty();
        }
        return new Made(estimate, sure, cutShort, !estimate.decided() && with.made() < budget.iterations());
    }

    /** An answer has numbers, also when time is up: then two take no longer than one, and none is begun behind one that took what was left. */
    private static void twoTrials(Service service, Trials with, Estimate estimate, Budget budget) {
        boolean late = budget.expired();
        long effort = late ? Trials.EFFORT / 2 : Trials.EFFORT;
        estimate.made(with.toItsEnd(budget.seed(), effort), service.name());
        if (late || !budget.expired()) {
            estimate.made(with.toItsEnd(budget.seed() + 1, effort), service.name());
        }
    }

    private static void whenManyAreDown(Service service, Trials with, ManyDown many, Estimate estimate, Budget budget) {
        for (long seed = budget.seed() - 1; estimate.looksAtMany() && !budget.expired(); seed--) {
            with.trial(many, seed, budget).ifPresent(it -> estimate.madeOfMany(it, service.name()));
        }
    }

    /** How the others fare without it is only asked when one of them falls short with it. */
    private Optional<Trials> without(Trials with, double sure, Budget budget) {
        if (there.stream().allMatch(it -> with.share(it.name()).within(sure).rate() >= it.promised())) {
            return Optional.empty();
        }
        var without = new Trials(new State(snapshot), snapshot, there, Optional.empty(), new Peaks(), failures);
        without.drawAs(with);
        for (boolean inTime = true; inTime && without.made() < with.made(); ) {
            inTime = !budget.expired() && without.trial(budget.seed() + without.made(), budget).isPresent();
        }
        return Optional.of(without);
    }

    private Verdict verdict(Service service, Trials with, Optional<Trials> without, Made made, Failover.Report failover) {
        var honoured = made.estimate().told();
        var others = new TreeMap<String, Chance>();
        var alone = new TreeMap<String, Chance>();
        there.forEach(it -> {
            others.put(it.name(), with.share(it.name()).within(made.sure()));
            without.ifPresent(trials -> alone.put(it.name(), trials.share(it.name()).within(made.sure())));
        });
        boolean compared = without.map(it -> it.made() == with.made()).orElse(true);
        var harmed = there.stream().filter(it -> others.get(it.name()).rate() < it.promised()
                && without.filter(trials -> !compared || with.share(it.name()).held() < trials.share(it.name()).held()).isPresent()).toList();
        boolean keeps = made.estimate().keeps(made.cutShort());
        var why = new ArrayList<String>();
        why.add(first(service, keeps && harmed.isEmpty(), honoured));
        if (!keeps && honoured.high() >= service.promised()) {
            why.add("More trials might decide otherwise: the promise lies within the interval.");
        }
        if (with.moved() > 0) {
            why.add("That counts on %d VEEs changing hosts: as they are, room is left over where it is of no use.".formatted(with.moved()));
        }
        harmed.forEach(it -> why.add("%s, which is promised %.3f %%, would have all that it wants %s of the time; without the new service it is %s.".formatted(it.name(), 100 * it.promised(),
                others.get(it.name()), compared ? alone.get(it.name()) : "not known in time")));
        why.add("With it at its least, the loss of one host is survived %s.".formatted(failover.survived()));
        failover.losses().stream().limit(3).forEach(loss -> why.add("Without host %s there is no place for %d VEEs.".formatted(names(loss), loss.stranded().size())));
        return new Verdict(keeps && harmed.isEmpty(), honoured, others, alone, Optional.empty(), failover, why, made.truncated());
    }

    private static String first(Service service, boolean admitted, Chance honoured) {
        return "%s is %s: it has all that it wants %s of the time, and %.3f %% is promised.".formatted(service.name(), admitted ? "admitted" : "refused", honoured, 100 * service.promised());
    }

    private String names(Failover.Loss loss) {
        return String.join(", ", snapshot.hosts().stream().filter(host -> loss.hosts().contains(host.id())).map(host -> host.name()).toList());
    }
}
