package org.reservoir.servicemanager;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.vmi.VeeState;

/**
 * Compares what is wanted of a service with the VEEs there are, and says what to do next. Reads no clock and calls nobody.
 *
 * <p>Components start order by order: those of the next begin when all replicas of the orders below are ready, or when the start delay of
 * those that are late is over and they run at least. A component that was complete once holds nobody up any more, and each is scaled by
 * itself. Services end in the reverse order. A replica's number is free again only when its VEE is gone, so no number ever has two.
 *
 * <p>It does not choose images, networks or addresses, and does not know why a replica is wanted.
 */
final class Reconciliation {
    /** A guest that everybody waits for without bound, and that says nothing for so long, is told of. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final List<Tier> tiers;
    private final Map<String, List<Seen>> seen;
    private final Instant now;
    private final List<Step> steps = new ArrayList<>();
    private final Set<String> started = new HashSet<>();
    private final Set<Outcome.ReplicaKey> well = new HashSet<>();
    private final Set<Outcome.ReplicaKey> tried = new HashSet<>();
    private final List<Instant> alarms = new ArrayList<>();
    private Optional<String> problem = Optional.empty();

    private Reconciliation(List<Tier> tiers, List<Seen> vees, Instant now) {
        this.tiers = tiers;
        this.seen = vees.stream().filter(vee -> !vee.gone()).collect(Collectors.groupingBy(Seen::component));
        this.now = now;
    }

    /** What to do so that each tier has what it wants. */
    static Outcome keepUp(List<Tier> tiers, List<Seen> vees, Instant now) {
        return new Reconciliation(tiers, vees, now).up();
    }

    /** What to do so that nothing is left. */
    static Outcome takeDown(List<Tier> tiers, List<Seen> vees, Instant now) {
        return new Reconciliation(tiers, vees, now).down();
    }

    private Outcome up() {
        boolean open = true;
        for (var together : byOrder(Comparator.naturalOrder()).values()) {
            for (var tier : together) {
                shrink(tier);
                if (open || tier.started()) {
                    grow(tier);
                }
                noteProgress(tier, open);
            }
            boolean everyOne = open;
            for (var tier : together) {
                everyOne &= passed(tier);
            }
            open = everyOne;
        }
        endStrangers();
        var state = stateUp();
        problem = problem.or(this::hindrance);
        return outcome(state);
    }

    /** What those that are still on their way say holds them up, such as that no host has room; else whose guest is silent though its time to begin is over. */
    private Optional<String> hindrance() {
        return tiers.stream().flatMap(tier -> staying(tier).stream()).filter(vee -> !vee.ready() && vee.problem().isPresent())
                .findFirst().map(vee -> "%s, replica %d: %s%s".formatted(vee.component(), vee.replica(), told(vee), vee.bound() && vee.state() == VeeState.PENDING
                        ? " It goes where the others of the service are, because their network joins one host only (bin/site --span-hosts makes networks that join all)." : "")).or(this::silence);
    }

    private Optional<String> silence() {
        return tiers.stream().flatMap(tier -> staying(tier).stream().filter(vee -> isSilent(vee, tier)))
                .findFirst().map(vee -> "%s, replica %d: its guest does not say that it is ready%s".formatted(vee.component(), vee.replica(), isAlone(vee)
                        ? "; others of the service are on other hosts, which it reaches only where networks span hosts (bin/site --span-hosts)" : ""));
    }

    private boolean isSilent(Seen vee, Tier tier) {
        if (vee.state() != VeeState.RUNNING || vee.ready()) {
            return false;
        }
        var due = vee.created().plus(tier.startDelay().isZero() ? PATIENCE : tier.startDelay());
        if (due.isAfter(now)) {
            alarms.add(due);
            return false;
        }
        return true;
    }

    private boolean isAlone(Seen vee) {
        return seen.values().stream().flatMap(List::stream).anyMatch(other -> other.host().isPresent() && vee.host().isPresent() && !other.host().equals(vee.host()));
    }

    private TreeMap<Integer, List<Tier>> byOrder(Comparator<Integer> direction) {
        var byOrder = new TreeMap<Integer, List<Tier>>(direction);
        tiers.forEach(tier -> byOrder.computeIfAbsent(tier.order(), _ -> new ArrayList<>()).add(tier));
        return byOrder;
    }

    private List<Seen> vees(Tier tier) {
        return seen.getOrDefault(tier.component(), List.of());
    }

    /** Those that are there to stay. */
    private List<Seen> staying(Tier tier) {
        return vees(tier).stream().filter(vee -> !vee.leaving()).toList();
    }

    private void shrink(Tier tier) {
        var staying = staying(tier);
        staying.stream().sorted(Seen.VICTIMS).limit(Math.max(0, staying.size() - tier.wanted()))
                .forEach(vee -> terminate(tier, vee, "%d of %d replicas are wanted".formatted(tier.wanted(), staying.size())));
    }

    private void grow(Tier tier) {
        var kept = staying(tier).stream().sorted(Seen.VICTIMS.reversed()).limit(tier.wanted()).toList();
        kept.stream().filter(Seen::failed).forEach(vee -> repair(tier, vee));
        var taken = vees(tier).stream().map(Seen::replica).collect(Collectors.toCollection(HashSet::new));
        // those on their way out may fail to go, so they count until they are gone: a database that may be there once is never there twice
        int leaving = vees(tier).size() - staying(tier).size();
        int missing = Math.min(tier.wanted(), tier.most() - leaving) - staying(tier).size();
        var numbers = IntStream.iterate(0, number -> number + 1).filter(taken::add).limit(Math.max(0, missing)).boxed().toList();
        int alone = tier.asOne().map(set -> alone(tier, set, numbers.size())).orElse(numbers.size());
        numbers.subList(0, alone).forEach(number -> create(tier, number));
        if (staying(tier).size() + numbers.size() >= Math.min(tier.wanted(), tier.most())) {
            tier.asOne().ifPresent(set -> createSet(tier, set, numbers.subList(alone, numbers.size())));
        }
    }

    /** How many of those that are missing are no part of what was asked for as one. */
    private int alone(Tier tier, AsOne set, int missing) {
        long others = staying(tier).stream().filter(vee -> !vee.set().equals(Optional.of(set.set()))).count();
        return Math.clamp(set.from() - others, 0, missing);
    }

    /** All that is missing of a set or, while one of them may not be made yet, nothing of it. */
    private void createSet(Tier tier, AsOne set, List<Integer> numbers) {
        long held = numbers.stream().filter(number -> !mayTry(tier, number, Attempt.Aim.KEEP)).count();
        if (!numbers.isEmpty() && held == 0) {
            steps.add(new Step.CreateSet(tier.component(), numbers, set.set()));
        }
    }

    private void create(Tier tier, int number) {
        if (mayTry(tier, number, Attempt.Aim.KEEP)) {
            steps.add(new Step.Create(tier.component(), number));
        }
    }

    /** A failed VEE gets its failed step done again, the third time it is replaced by a new one. */
    private void repair(Tier tier, Seen vee) {
        if (!mayTry(tier, vee.replica(), Attempt.Aim.KEEP)) {
            return;
        }
        var attempt = tier.attempts().get(vee.replica());
        if (attempt != null && attempt.aim() == Attempt.Aim.KEEP && attempt.count() % 3 == 2) {
            steps.add(new Step.Terminate(tier.component(), vee.replica(), vee.vee(), Attempt.Aim.KEEP, true, "it stays failed: " + told(vee)));
        } else {
            steps.add(new Step.Recover(tier.component(), vee.replica(), vee.vee(), told(vee)));
        }
    }

    private static String told(Seen vee) {
        return vee.problem().orElse("it failed without saying why");
    }

    private void terminate(Tier tier, Seen vee, String why) {
        if (mayTry(tier, vee.replica(), Attempt.Aim.END)) {
            steps.add(new Step.Terminate(tier.component(), vee.replica(), vee.vee(), Attempt.Aim.END, vee.failed() || vee.state() == VeeState.UNKNOWN, why));
        }
    }

    /** Whether it is time; when it never will be, the service has a problem. */
    private boolean mayTry(Tier tier, int number, Attempt.Aim aim) {
        var attempt = tier.attempts().get(number);
        tried.add(new Outcome.ReplicaKey(tier.component(), number));
        if (attempt == null || attempt.aim() != aim) {
            return true;
        }
        if (attempt.exhausted()) {
            problem = problem.or(() -> Optional.of("%s, replica %d: %s".formatted(tier.component(), number, attempt.problem())));
            return false;
        }
        if (attempt.next().isAfter(now)) {
            alarms.add(attempt.next());
            return false;
        }
        return true;
    }

    private void noteProgress(Tier tier, boolean open) {
        if (open && !tier.started() && complete(tier)) {
            started.add(tier.component());
        }
        tier.attempts().forEach((number, attempt) -> {
            var key = new Outcome.ReplicaKey(tier.component(), number);
            if (!tried.contains(key) && overcome(vees(tier).stream().filter(vee -> vee.replica() == number).findFirst(), attempt)) {
                well.add(key);
            }
        });
    }

    /** Trouble is over when its replica is gone and not wanted again, or has been well for long. */
    private boolean overcome(Optional<Seen> vee, Attempt attempt) {
        return vee.isEmpty() || vee.get().ready() && attempt.at().plus(Attempt.FORGOTTEN).isBefore(now);
    }

    private boolean complete(Tier tier) {
        return staying(tier).stream().filter(Seen::ready).count() >= tier.wanted();
    }

    /** Whether the next order need not wait for this tier. */
    private boolean passed(Tier tier) {
        if (tier.started() || complete(tier)) {
            return true;
        }
        var running = staying(tier).stream().filter(vee -> vee.state() == VeeState.RUNNING).toList();
        var latest = running.stream().map(Seen::created).max(Comparator.naturalOrder());
        if (tier.startDelay().isZero() || latest.isEmpty() || running.size() < tier.wanted()) {
            return false;
        }
        var due = latest.get().plus(tier.startDelay());
        if (due.isAfter(now)) {
            alarms.add(due);
            return false;
        }
        return true;
    }

    /** VEEs with the service's tag for a component that it does not have; nobody else would end them. */
    private void endStrangers() {
        var known = tiers.stream().map(Tier::component).collect(Collectors.toSet());
        seen.forEach((component, vees) -> vees.stream().filter(vee -> !known.contains(component) && !vee.leaving())
                .forEach(vee -> steps.add(new Step.Terminate(component, vee.replica(), vee.vee(), Attempt.Aim.END, vee.failed(), "the service has no such component"))));
    }

    private Service.State stateUp() {
        if (problem.isPresent()) {
            return Service.State.FAILED;
        }
        if (tiers.stream().anyMatch(tier -> !tier.started() && !started.contains(tier.component()))) {
            return Service.State.DEPLOYING;
        }
        boolean asWanted = steps.isEmpty() && tiers.stream().allMatch(tier -> complete(tier) && vees(tier).size() == tier.wanted());
        return asWanted ? Service.State.RUNNING : Service.State.SCALING;
    }

    private Outcome down() {
        endStrangers();
        for (var together : byOrder(Comparator.reverseOrder()).values()) {
            together.forEach(tier -> staying(tier).forEach(vee -> terminate(tier, vee, "the service ends")));
            if (together.stream().anyMatch(tier -> !vees(tier).isEmpty())) {
                break;
            }
        }
        return outcome(problem.isPresent() ? Service.State.FAILED : seen.isEmpty() ? Service.State.UNDEPLOYED : Service.State.UNDEPLOYING);
    }

    private Outcome outcome(Service.State state) {
        return new Outcome(steps, state, problem, started, well, alarms.stream().min(Comparator.naturalOrder()));
    }
}
