package org.reservoir.servicemanager;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.reservoir.interfaces.smi.Decision;
import org.reservoir.kernel.ServiceId;

/**
 * Evaluates the elasticity rules that are due, and has the replicas wanted that they ask for. Rules that are not in force decide too; what
 * they would have done is only noted. Notes are taken of every change, and of not changing when the reason becomes another.
 *
 * <p>What it remembers between turns (when a rule was last evaluated, the last reason) may be lost without harm.
 */
final class ElasticityLoop {
    private final ServiceRecords records;
    private final KpiWindows kpis;
    private final Map<Key, Last> last = new HashMap<>();

    private record Key(ServiceId service, String component) {}

    private record Last(Instant evaluated, Verdict.Kind kind, int to) {}

    ElasticityLoop(ServiceRecords records, KpiWindows kpis) {
        this.records = records;
        this.kpis = kpis;
    }

    void turn(Instant now) {
        var services = records.scalable();
        last.keySet().removeIf(key -> services.stream().noneMatch(service -> service.id().equals(key.service())));
        for (var service : services) {
            service.components().stream().filter(KeptService.KeptComponent::started).forEach(component -> evaluate(service, component, now));
        }
    }

    private void evaluate(KeptService service, KeptService.KeptComponent component, Instant now) {
        var rules = service.rules(component.name());
        var key = new Key(service.id(), component.name());
        if (rules.isEmpty() || !due(rules, last.get(key), now)) {
            return;
        }
        var standing = new Elasticity.Standing(component.least(), component.most(), component.wanted(), component.scaled());
        var asked = Stream.concat(Stream.of(component.name()), service.components().stream().map(KeptService.KeptComponent::name)).distinct().toList();
        Elasticity.decide(standing, rules, rule -> rule.window(kpis, service.id(), asked, now), now)
                .ifPresent(verdict -> follow(service, component, verdict, now));
    }

    /** Several replicas more are of use together or not at all, unless the component says otherwise. */
    private static Optional<AsOne> asOne(KeptService service, KeptService.KeptComponent component, Verdict verdict, Instant now) {
        var together = verdict.to() - verdict.from() > 1 && service.rules(component.name()).stream().allMatch(ElasticRule::asOne);
        return together ? Optional.of(AsOne.of(service.id(), component.name(), verdict.from(), verdict.to(), now)) : Optional.empty();
    }

    private static boolean due(List<ElasticRule> rules, Last before, Instant now) {
        var shortest = rules.stream().map(ElasticRule::every).min(Duration::compareTo).orElseThrow();
        return before == null || !before.evaluated().plus(shortest).isAfter(now);
    }

    private void follow(KeptService service, KeptService.KeptComponent component, Verdict verdict, Instant now) {
        var before = Optional.ofNullable(last.put(new Key(service.id(), component.name()), new Last(now, verdict.kind(), verdict.to())));
        boolean done = component.inForce() && verdict.changes()
                && records.want(service.id(), component.name(), Optional.of(verdict.from()), verdict.to(), asOne(service, component, verdict, now), now, "rule %s: %s".formatted(verdict.rule(), verdict.why()));
        boolean news = before.isEmpty() || before.get().kind() != verdict.kind() || before.get().to() != verdict.to();
        if (done || news) {
            records.decided(service.id(), new Decision(now, component.name(), verdict.rule(), verdict.from(), verdict.to(), component.inForce(), verdict.inputs(), verdict.why()));
        }
    }
}
