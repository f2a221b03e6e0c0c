package org.reservoir.servicemanager;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.reservoir.interfaces.smi.Finding;
import org.reservoir.kernel.Refused;
import org.reservoir.manifest.Component;
import org.reservoir.manifest.Macro;
import org.reservoir.manifest.Manifest;
import org.reservoir.manifest.Reading;

/** What must hold of a manifest before it becomes a service. */
final class Submitted {
    private static final int TOLD = 3;

    private Submitted() {}

    /** The manifest room's findings in the words of SMI, and what this Service Manager does not do yet. */
    static List<Finding> findings(Reading reading) {
        var findings = reading.findings().stream().map(f -> new Finding(Finding.Severity.valueOf(f.severity().name()), f.code(), f.message(), f.path(), f.line(), f.advice()))
                .collect(Collectors.toCollection(java.util.ArrayList::new));
        for (var component : reading.manifest().components()) {
            component.properties().stream().filter(p -> p.text().macros().anyMatch(m -> m.kind() == Macro.Kind.IP && m.arguments().size() > 1))
                    .map(p -> shared(component, p)).forEach(findings::add);
        }
        return findings;
    }

    private static Finding shared(Component component, Component.Property property) {
        return new Finding(Finding.Severity.WARNING, "SHARED_ADDRESS", "'%s' asks for an address shared by several VEEs; each is told its own.".formatted(property.value()),
                "%s/ProductSection/Property[%s]".formatted(component.path(), property.fullKey()), property.line(), "Leave the alias out.");
    }

    /** @throws Refused {@code MANIFEST_NOT_WELL_FORMED} with its first errors */
    static void requireSound(Reading reading) {
        var errors = findings(reading).stream().filter(finding -> finding.severity() == Finding.Severity.ERROR).toList();
        if (!errors.isEmpty()) {
            throw Refused.invalid("MANIFEST_NOT_WELL_FORMED", errors.stream().limit(TOLD).map(e -> "%s (%s, line %d)".formatted(e.message(), e.code(), e.line()))
                    .collect(Collectors.joining(" ")) + (errors.size() > TOLD ? " And %d more.".formatted(errors.size() - TOLD) : ""),
                    "See all: reservoir service check FILE");
        }
    }

    /** @throws Refused {@code PROPERTY_UNKNOWN}, {@code PROPERTY_FIXED} */
    static void requireProperties(Manifest manifest, Map<String, String> given) {
        for (var key : given.keySet()) {
            var meant = manifest.components().stream().flatMap(c -> c.properties().stream()).filter(p -> p.fullKey().equals(key) || p.key().equals(key)).toList();
            if (meant.isEmpty()) {
                throw Refused.invalid("PROPERTY_UNKNOWN", "The manifest has no property '%s'.".formatted(key), "See: reservoir service plan FILE");
            }
            if (meant.stream().noneMatch(Component.Property::configurable)) {
                throw Refused.invalid("PROPERTY_FIXED", "The property '%s' is not user-configurable.".formatted(key), "Set ovf:userConfigurable=\"true\" in the manifest.");
            }
        }
    }
}
