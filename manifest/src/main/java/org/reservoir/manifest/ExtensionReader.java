package org.reservoir.manifest;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the small sections that several levels share: properties, startup items, bounds, and RESERVOIR's rules and promises. */
final class ExtensionReader {
    private static final Set<String> CONFIGURABLE = Set.of("true", "1");
    private static final String DELAY_ADVICE = "Write whole seconds.";

    private final Findings findings;

    ExtensionReader(Findings findings) {
        this.findings = findings;
    }

    List<Component.Property> properties(Element parent) {
        var properties = new ArrayList<Component.Property>();
        for (var section : parent.ofKind("ProductSection").toList()) {
            var productClass = section.attribute("class").orElse("");
            var instance = section.attribute("instance").orElse("");
            section.children("Property").map(p -> property(p, productClass, instance)).forEach(properties::add);
        }
        return properties;
    }

    private static Component.Property property(Element property, String productClass, String instance) {
        var value = property.attribute("value").or(() -> property.child("Value").flatMap(v -> v.attribute("value"))).orElse("");
        return new Component.Property(property.attribute("type").orElse("string"), property.attribute("key").orElse(""), productClass, instance, value,
                property.attribute("cloudConfigurable").filter(CONFIGURABLE::contains).isPresent(),
                property.attribute("userConfigurable").filter(CONFIGURABLE::contains).isPresent(), property.line());
    }

    Component.Startup startup(Element item, String path) {
        var order = item.attribute("order").orElse("0");
        var delay = item.attribute("startDelay").orElse("0");
        var number = Units.count(order);
        if (number.isEmpty()) {
            findings.error("OVF_BAD_ORDER", item, path, "'%s' is no startup order.".formatted(order), "Write a whole number from 0 up.");
        }
        var seconds = Units.count(delay);
        if (seconds.isEmpty()) {
            findings.error("OVF_BAD_DELAY", item, path, "'%s' is no start delay.".formatted(delay), DELAY_ADVICE);
        }
        return new Component.Startup(number.orElse(0), Duration.ofSeconds(seconds.orElse(0)),
                item.attribute("waitingForGuest").filter(CONFIGURABLE::contains).isPresent(), item.line());
    }

    /** {@code rsrvr:min}, {@code max} and {@code initial}; what is missing follows from what is there. */
    Component.Bounds bounds(Element system, String path, Component.Bounds otherwise) {
        var min = bound(system, "min", path);
        var max = bound(system, "max", path);
        var initial = bound(system, "initial", path);
        if (min.isEmpty() && max.isEmpty() && initial.isEmpty()) {
            return otherwise;
        }
        int least = min.orElse(Math.min(1, initial.orElse(1)));
        int first = initial.orElse(Math.max(least, Math.min(1, max.orElse(1))));
        return new Component.Bounds(least, first, max.orElse(Math.max(1, Math.max(least, first))), true);
    }

    private Optional<Integer> bound(Element system, String name, String path) {
        var written = system.attribute(Manifest.RESERVOIR, name);
        var number = written.flatMap(Units::count);
        if (written.isPresent() && number.isEmpty()) {
            findings.error("OVF_BAD_BOUNDS", system, path, "'%s' is no number of replicas (%s).".formatted(written.get(), name), "Write a whole number from 0 up.");
        }
        return number;
    }

    /** OVF 2's own spelling of bounds: {@code InstanceCount minimum, default, maximum}. */
    Optional<Component.Bounds> scaleOut(Element section, String path) {
        return section.child("InstanceCount").map(count -> {
            int least = scale(count, "minimum", path).orElse(1);
            int first = scale(count, "default", path).orElse(least);
            return new Component.Bounds(least, first, scale(count, "maximum", path).orElse(Math.max(least, first)), true);
        });
    }

    private Optional<Integer> scale(Element count, String name, String path) {
        var written = count.attribute(name);
        var number = written.flatMap(Units::count);
        if (written.isPresent() && number.isEmpty()) {
            findings.error("OVF_BAD_BOUNDS", count, path + "/ScaleOutSection", "'%s' is no number of replicas (%s).".formatted(written.get(), name), "");
        }
        return number;
    }

    /** Empty, with a finding, when it cannot be understood. KPIType is optional here, though RESERVOIR's schema asks for it: no manifest has it. */
    Optional<Component.Rule> rule(Element rule, String path) {
        var window = window(rule);
        var quota = rule.childText("Quota").flatMap(Units::decimal);
        var frequency = rule.childText("Frequency").map(Units::count).orElse(Optional.of(1));
        var tolerance = rule.childText("Tolerance").map(Units::decimal);
        if (window.isEmpty() || quota.isEmpty() || frequency.isEmpty() || tolerance.filter(Optional::isEmpty).isPresent()) {
            findings.error("OVF_BAD_RULE", rule, path + "/ElasticArraySection", "The rule on '%s' needs a Window, a Frequency and a Quota that are numbers."
                    .formatted(rule.childText("KPIName").orElse("")), "Write <Window unit=\"minute\">5</Window> and the like.");
            return Optional.empty();
        }
        return Optional.of(new Component.Rule(rule.childText("KPIName").orElse(""), window.get(), frequency.get(), quota.get(),
                tolerance.flatMap(t -> t), rule.childText("KPIType").orElse("AGENT"), rule.line()));
    }

    private static Optional<Duration> window(Element parent) {
        return parent.child("Window").flatMap(w -> Units.time(w.text(), w.attribute("unit").orElse("minute")));
    }

    Optional<Component.Availability> availability(Element section, String path) {
        var promised = window(section).flatMap(window -> section.childText("Percentile").flatMap(Units::decimal)
                .map(percentile -> new Component.Availability(window, percentile)));
        if (promised.isEmpty()) {
            findings.warning("OVF_BAD_AVAILABILITY", section, path, "The AvailabilitySection needs a Window and a Percentile.", "");
        }
        return promised;
    }

    List<Component.Objective> objectives(Element section, String path) {
        var objectives = new ArrayList<Component.Objective>();
        for (var constraint : section.children("Constraint").toList()) {
            var range = constraint.child("Range");
            var percentage = constraint.childText("Percentage").flatMap(Units::decimal).orElse(BigDecimal.valueOf(100));
            window(constraint).ifPresentOrElse(window -> objectives.add(new Component.Objective(constraint.childText("Name").orElse(""),
                    constraint.childText("KPIName").orElse(""), window, range.flatMap(r -> r.childText("Min")).flatMap(Units::decimal),
                    range.flatMap(r -> r.childText("Max")).flatMap(Units::decimal), percentage, constraint.line())),
                    () -> findings.warning("OVF_BAD_OBJECTIVE", constraint, path, "The performance objective needs a Window.", ""));
        }
        return objectives;
    }

    List<Component.Country> countries(Element section) {
        return section.all().filter(e -> e.name().equals("Country"))
                .map(c -> new Component.Country(c.text(), c.attribute("inside").filter("false"::equals).isEmpty())).toList();
    }
}
