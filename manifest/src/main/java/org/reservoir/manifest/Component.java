package org.reservoir.manifest;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.expression.Dimension;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.kernel.expression.Vocabulary;

/**
 * A tier of a service: an OVF VirtualSystem, of which there may be several replicas.
 *
 * @param id        unique in the manifest
 * @param vcpus     1 when the manifest does not say
 * @param memory    empty when the manifest does not say, or not understandably
 * @param disks     in the order of the hardware items
 * @param nics      likewise
 * @param countries where alone it may be ({@code true}) or may not be, by ISO 3166 code (DeploymentSection)
 * @param kept      sections that no other field speaks of
 */
public record Component(String id, String path, int vcpus, Optional<DataSize> memory, List<DiskUse> disks, List<Nic> nics, List<Property> properties,
                        Bounds bounds, Startup startup, List<Rule> rules, Optional<Availability> availability, List<Objective> objectives,
                        List<Country> countries, List<Manifest.Kept> kept, int line) {
    public Component {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        properties = List.copyOf(properties);
        rules = List.copyOf(rules);
        objectives = List.copyOf(objectives);
        countries = List.copyOf(countries);
        kept = List.copyOf(kept);
    }

    /** @param disk a disk of the DiskSection, or a file of the references when {@code isFile}; empty for a drive with nothing in it */
    public record DiskUse(Optional<String> disk, boolean isFile, boolean cd, int line) {}

    /** @param network empty when the adapter is connected to nothing */
    public record Nic(Optional<String> network, int line) {}

    /**
     * A ProductSection property.
     *
     * @param expanded     whether macros in it are to be resolved ({@code rsrvr:cloudConfigurable})
     * @param configurable whether the one who submits may give a value of his own
     */
    public record Property(String type, String key, String productClass, String instance, String value, boolean expanded, boolean configurable, int line) {

        /** Under which key the guest is told it: {@code [class.]key[.instance]} (DSP0243 §9.5.1). */
        public String fullKey() {
            return (productClass.isEmpty() ? "" : productClass + ".") + key + (instance.isEmpty() ? "" : "." + instance);
        }

        public Property withValue(String other) {
            return new Property(type, key, productClass, instance, other, expanded, configurable, line);
        }

        /** The value with its macros; one literal when macros are not to be resolved. */
        public MacroText text() {
            return expanded ? MacroText.parse(value) : MacroText.literal(value);
        }
    }

    /** How many replicas there may be. @param declared whether the manifest says so; 1, 1, 1 otherwise */
    public record Bounds(int least, int initial, int most, boolean declared) {
        public static final Bounds ONE = new Bounds(1, 1, 1, false);
    }

    /**
     * @param order           lower ones start first and stop last; equal ones together; gaps mean nothing
     * @param startDelay      how long the next order waits at most for this component, zero for unbounded
     * @param waitingForGuest whether only the guest's own word makes it ready
     */
    public record Startup(int order, Duration startDelay, boolean waitingForGuest, int line) {
        public static final Startup AT_ONCE = new Startup(0, Duration.ZERO, false, 0);
    }

    /**
     * An elasticity rule: so many replicas that each has {@code quota} of the KPI's total.
     *
     * @param kpi       its name, whose average over the window counts; or a figure of KPIs in the shared expression language, which is this
     *                  house's own: {@code p95(latency, 60s)}, {@code max(queue, 5m) + rate(jobs, 60s)}
     * @param window    over which the KPI is averaged
     * @param frequency how often per window the rule is evaluated (RESERVOIR never defined it; this is this house's reading)
     * @param tolerance per cent above and below the quota at which nothing is done; empty for the default
     */
    public record Rule(String kpi, Duration window, int frequency, BigDecimal quota, Optional<BigDecimal> tolerance, String kpiType, int line) {
        /** The figure of KPIs, when it is one and not a name. @throws org.reservoir.kernel.Refused {@code BAD_EXPRESSION} */
        public Optional<Expression> figure(List<Manifest.Kpi> declared) {
            if (!isFigure()) {
                return Optional.empty();
            }
            var words = Vocabulary.EMPTY;
            for (var each : declared) {
                words = words.series(each.name(), Dimension.COUNT);
            }
            return Optional.of(Expression.number(kpi, words));
        }

        boolean isFigure() {
            return kpi.indexOf('(') >= 0; // no name of a KPI has one
        }
    }

    /** Promised: so many per cent of the window available. */
    public record Availability(Duration window, BigDecimal percentile) {}

    /** Promised: the KPI within the range for so many per cent of the window. */
    public record Objective(String name, String kpi, Duration window, Optional<BigDecimal> min, Optional<BigDecimal> max, BigDecimal percentage, int line) {}

    public record Country(String code, boolean inside) {}

    Component ordered(int order) {
        var other = new Startup(order, startup.startDelay(), startup.waitingForGuest(), startup.line());
        return new Component(id, path, vcpus, memory, disks, nics, properties, bounds, other, rules, availability, objectives, countries, kept, line);
    }

    /** The components that must have started before this one can be told about them. */
    public Set<String> precedents() {
        return properties.stream().flatMap(p -> p.text().macros()).filter(m -> m.kind() == Macro.Kind.PRECEDENT && m.arguments().size() == 2)
                .map(m -> m.arguments().get(1)).collect(Collectors.toSet());
    }
}
