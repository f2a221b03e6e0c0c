package org.reservoir.veem.review;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.reservoir.interfaces.vmi.Placements.ServiceToAdmit;
import org.reservoir.interfaces.vmi.Placements.Tier;
import org.reservoir.interfaces.vmi.Placements.Verdict;
import org.reservoir.placement.HostView;

/** What would make a service admitted that was refused: what is promised less, or wanted less or elsewhere, and how the site would have to be. Each that can be asked is asked; names no hosts. */
final class Advice {
    /** For each question. */
    private static final long QUESTION_NS = 120_000_000L;

    private final ServiceToAdmit asked;
    private final List<HostView> hosts;
    private final Question question;

    Advice(ServiceToAdmit asked, List<HostView> hosts, Question question) {
        this.asked = asked;
        this.hosts = hosts;
        this.question = question;
    }

    /** What would be said of another service in its place. */
    @FunctionalInterface
    interface Question {
        Verdict ask(ServiceToAdmit instead, long deadline);
    }

    List<String> after(Verdict verdict, long deadline) {
        var help = new ArrayList<String>();
        var chance = verdict.honoured();
        if (chance.trials() > 0 && chance.low() >= 0.5 && chance.low() < asked.promised()) { // from there on it is others who would fall short
            help.add("a promise of at most %.2f %%".formatted(Math.floor(10_000 * chance.low()) / 100));
        }
        smaller(deadline).ifPresent(help::add);
        spread(deadline).ifPresent(help::add);
        seats(deadline).ifPresent(help::add);
        help.add(chance.trials() == 0 ? "more room on the site's hosts for its least replicas" : anyHostHoldsAllThatShareOne() ? "more hosts, or hosts that are down less often" : "larger hosts: none has room for all that shares one");
        return help;
    }

    /** The most of its range that would be taken in, found by halving. */
    private Optional<String> smaller(long deadline) {
        int range = asked.tiers().stream().mapToInt(tier -> tier.most() - tier.least()).max().orElse(0);
        int fits = -1;
        for (int low = 0, high = range - 1; low <= high && System.nanoTime() < deadline;) {
            int middle = (low + high) >>> 1;
            if (admitted(Admitting.within(asked, middle, false), deadline)) {
                fits = middle;
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return fits < 0 ? Optional.empty() : Optional.of(String.join(", ", Admitting.within(asked, fits, false).tiers().stream().map(tier -> "at most %d of %s".formatted(tier.most(), tier.name())).toList()));
    }

    /** Whether it would be with each tier where there is room for it. */
    private Optional<String> spread(long deadline) {
        var bound = asked.tiers().stream().filter(tier -> tier.together().isPresent()).map(Tier::name).toList();
        if (bound.isEmpty() || System.nanoTime() >= deadline) {
            return Optional.empty();
        }
        var loose = asked.tiers().stream().map(Tier::loose).toList();
        return Optional.of(new ServiceToAdmit(asked.name(), loose, asked.promised(), asked.downtime())).filter(it -> admitted(it, deadline))
                .map(_ -> "leave to use several hosts for %s, bound to one by a network of theirs that joins one host only, or by affinity".formatted(String.join(" and ", bound)));
    }

    /** Whether it would be if it needed no seats. */
    private Optional<String> seats(long deadline) {
        var licences = asked.tiers().stream().flatMap(tier -> tier.licences().stream()).distinct().sorted().toList();
        if (licences.isEmpty() || System.nanoTime() >= deadline) {
            return Optional.empty();
        }
        var unlicensed = new ServiceToAdmit(asked.name(), asked.tiers().stream().map(Tier::unlicensed).toList(), asked.promised(), asked.downtime());
        return Optional.of(unlicensed).filter(it -> admitted(it, deadline)).map(_ -> "more seats of licence %s".formatted(String.join(" and ", licences)));
    }

    private boolean admitted(ServiceToAdmit instead, long deadline) {
        return question.ask(instead, Math.min(deadline, System.nanoTime() + QUESTION_NS)).admitted();
    }

    private boolean anyHostHoldsAllThatShareOne() {
        Map<String, List<Tier>> circles = asked.tiers().stream().filter(tier -> tier.together().isPresent()).collect(Collectors.groupingBy(tier -> tier.together().orElseThrow(), TreeMap::new, Collectors.toList()));
        return circles.values().stream().allMatch(circle -> hosts.stream().anyMatch(host -> holds(host, circle)));
    }

    private static boolean holds(HostView host, List<Tier> circle) {
        var wanted = Stream.of(0, 1, 2).mapToLong(resource -> circle.stream().mapToLong(tier -> tier.most() * Admitting.amounts(tier).at(resource)).sum()).toArray();
        return Stream.of(0, 1, 2).allMatch(resource -> wanted[resource] <= host.promised(resource));
    }
}
