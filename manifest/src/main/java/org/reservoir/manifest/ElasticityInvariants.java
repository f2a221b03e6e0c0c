package org.reservoir.manifest;

import static org.reservoir.manifest.Finding.Severity.ERROR;
import static org.reservoir.manifest.Finding.Severity.WARNING;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.reservoir.kernel.Name;
import org.reservoir.kernel.Refused;

import org.reservoir.manifest.WellFormedness.Invariant;
import org.reservoir.manifest.WellFormedness.Violation;

/** Invariants of the RESERVOIR extensions: bounds, rules, KPIs, startup order against entry points, affinity, licences. */
final class ElasticityInvariants {
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    private ElasticityInvariants() {}

    static final List<Invariant> ALL = List.of(
            new Invariant(ERROR, "BOUNDS_OUT_OF_ORDER", "Write min <= initial <= max, and max at least 1.", m -> m.components().stream().filter(c -> !ordered(c.bounds()))
                    .map(c -> new Violation(c.path(), c.line(), "'%s' has min %d, initial %d and max %d replicas.".formatted(c.id(), c.bounds().least(),
                            c.bounds().initial(), c.bounds().most())))),
            new Invariant(ERROR, "KPI_NOT_DECLARED", "Declare it in the KPISection of the envelope.", m -> rules(m, (c, r) -> !r.isFigure() && m.kpis().stream()
                    .noneMatch(k -> k.name().equals(r.kpi())), "The rule's KPI '%s' is not declared.")),
            new Invariant(ERROR, "RULE_FIGURE", "Write a number made of figures of declared KPIs, such as p95(latency, 60s).", ElasticityInvariants::badFigures),
            new Invariant(ERROR, "RULE_QUOTA", "Give a quota above zero: the load that one replica takes.", m -> rules(m, (c, r) -> r.quota().signum() <= 0,
                    "The quota of the rule on '%s' is not above zero.")),
            new Invariant(ERROR, "RULE_TOLERANCE", "Give per cent above 0 and below 100.", m -> rules(m, (c, r) -> r.tolerance()
                    .filter(t -> t.signum() <= 0 || t.compareTo(HUNDRED) >= 0).isPresent(), "The tolerance of the rule on '%s' is not between 0 and 100 per cent.")),
            new Invariant(ERROR, "RULE_FREQUENCY", "Give evaluations per window, at least 1.", m -> rules(m, (c, r) -> r.frequency() < 1,
                    "The frequency of the rule on '%s' is not above zero.")),
            new Invariant(WARNING, "RULE_WITHOUT_ROOM", "Give a max above min.", m -> rules(m, (c, r) -> c.bounds().least() >= c.bounds().most(),
                    "The rule on '%s' can change nothing: min and max are the same.")),
            new Invariant(ERROR, "OBJECTIVE_RANGE", "Write Min <= Max.", ElasticityInvariants::emptyRanges),
            new Invariant(WARNING, "OBJECTIVE_KPI_NOT_DECLARED", "Declare it in the KPISection of the envelope.", m -> m.components().stream()
                    .flatMap(c -> c.objectives().stream().filter(o -> m.kpis().stream().noneMatch(k -> k.name().equals(o.kpi())))
                            .map(o -> new Violation(c.path(), o.line(), "The objective's KPI '%s' is not declared.".formatted(o.kpi()))))),
            new Invariant(ERROR, "PRECEDENT_UNKNOWN", "Name a VirtualSystem of this manifest and a network it is on.", ElasticityInvariants::unknownPrecedents),
            new Invariant(ERROR, "PRECEDENT_NOT_BEFORE", "Give the entry point a lower startup order.", ElasticityInvariants::latePrecedents),
            new Invariant(ERROR, "MACRO_NETWORK", "Name a network that the component has an adapter on.", ElasticityInvariants::foreignNetworks),
            new Invariant(WARNING, "MACRO_NOT_EXPANDED", "Set rsrvr:cloudConfigurable=\"true\" to have it resolved.", m -> m.properties()
                    .filter(p -> !p.expanded() && MacroText.parse(p.value()).macros().findAny().isPresent())
                    .map(p -> new Violation("ProductSection/Property[%s]".formatted(p.fullKey()), p.line(), "'%s' is told to the guest as it stands.".formatted(p.value())))),
            new Invariant(ERROR, "AFFINITY_UNKNOWN", "Name VirtualSystems of this manifest.", m -> m.affinities().stream()
                    .flatMap(a -> a.components().stream().filter(id -> m.component(id).isEmpty())
                            .map(id -> new Violation("Envelope/AffinitySection", a.line(), "There is no VirtualSystem '%s'.".formatted(id))))),
            new Invariant(ERROR, "AFFINITY_CONTRADICTION", "Two systems cannot be together and apart in one scope.", ElasticityInvariants::contradictions),
            new Invariant(ERROR, "LICENCE_WITHOUT_NAME", "Write the name by which the site knows it: 1 to 63 letters, digits, '.', '-' or '_'.", m -> m.licences().stream()
                    .filter(l -> !Name.SHAPE.matcher(l.name()).matches()).map(l -> new Violation("Envelope/LicenceSection", l.line(), "'%s' is no name of a licence.".formatted(l.name())))),
            new Invariant(ERROR, "LICENCE_UNKNOWN_SYSTEM", "Name VirtualSystems of this manifest.", m -> m.licences().stream()
                    .flatMap(l -> l.components().stream().filter(id -> m.component(id).isEmpty())
                            .map(id -> new Violation("Envelope/LicenceSection", l.line(), "There is no VirtualSystem '%s' to need licence '%s'.".formatted(id, l.name()))))));

    private static boolean ordered(Component.Bounds b) {
        return b.least() <= b.initial() && b.initial() <= b.most() && b.most() >= 1;
    }

    @FunctionalInterface
    private interface OfRule {
        boolean test(Component component, Component.Rule rule);
    }

    private static Stream<Violation> rules(Manifest manifest, OfRule wrong, String message) {
        return manifest.components().stream().flatMap(c -> c.rules().stream().filter(r -> wrong.test(c, r))
                .map(r -> new Violation(c.path() + "/ElasticArraySection", r.line(), message.formatted(r.kpi()))));
    }

    private static Stream<Violation> badFigures(Manifest manifest) {
        return manifest.components().stream().flatMap(c -> c.rules().stream().flatMap(rule -> badFigure(manifest, rule)
                .map(why -> new Violation(c.path() + "/ElasticArraySection", rule.line(), "The rule's figure '%s' cannot be used: %s".formatted(rule.kpi(), why))).stream()));
    }

    private static Optional<String> badFigure(Manifest manifest, Component.Rule rule) {
        try {
            return rule.figure(manifest.kpis()).filter(figure -> figure.series().isEmpty()).map(_ -> "it looks at no KPI.");
        } catch (Refused refused) {
            return Optional.of(refused.getMessage());
        }
    }

    private static Stream<Violation> emptyRanges(Manifest manifest) {
        return manifest.components().stream().flatMap(c -> c.objectives().stream()
                .filter(o -> o.min().isPresent() && o.max().isPresent() && o.min().get().compareTo(o.max().get()) > 0)
                .map(o -> new Violation(c.path() + "/PerformanceObjectiveSection", o.line(), "The objective '%s' has an empty range.".formatted(o.name()))));
    }

    private static Stream<Violation> unknownPrecedents(Manifest manifest) {
        return macros(manifest, Macro.Kind.PRECEDENT, (c, macro) -> manifest.component(macro.arguments().get(1))
                .filter(other -> isOn(other, macro.arguments().get(0))).isEmpty(), "%s leads to no system on that network.");
    }

    private static Stream<Violation> latePrecedents(Manifest manifest) {
        return macros(manifest, Macro.Kind.PRECEDENT, (c, macro) -> manifest.component(macro.arguments().get(1))
                .filter(other -> other.startup().order() >= c.startup().order()).isPresent(), "%s asks for a system that does not start before this one.");
    }

    private static Stream<Violation> foreignNetworks(Manifest manifest) {
        return Stream.of(Macro.Kind.IP, Macro.Kind.NETMASK, Macro.Kind.GATEWAY, Macro.Kind.DNS)
                .flatMap(kind -> macros(manifest, kind, (c, macro) -> !isOn(c, macro.arguments().get(0)), "%s: the component has no adapter on that network."));
    }

    private static boolean isOn(Component component, String network) {
        return component.nics().stream().anyMatch(nic -> nic.network().filter(Predicate.isEqual(network)).isPresent());
    }

    @FunctionalInterface
    private interface OfMacro {
        boolean test(Component component, Macro macro);
    }

    private static Stream<Violation> macros(Manifest manifest, Macro.Kind kind, OfMacro wrong, String message) {
        return manifest.components().stream().flatMap(c -> c.properties().stream().flatMap(p -> p.text().macros().filter(m -> m.kind() == kind && wrong.test(c, m))
                .map(m -> new Violation("%s/ProductSection/Property[%s]".formatted(c.path(), p.fullKey()), p.line(), message.formatted(m)))));
    }

    private static Stream<Violation> contradictions(Manifest manifest) {
        return manifest.affinities().stream().filter(Manifest.Affinity::together).flatMap(near -> manifest.affinities().stream()
                .filter(far -> !far.together() && far.scope().equals(near.scope()) && near.components().stream().filter(far.components()::contains).distinct().count() > 1)
                .map(far -> new Violation("Envelope/AffinitySection", far.line(), "Systems %s are to be together and apart.".formatted(far.components()))));
    }
}
