package org.reservoir.manifest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/** Reads one VirtualSystem: a component. */
final class SystemReader {
    private static final Set<String> READ = Set.of("Info", "Name", "OperatingSystemSection", "VirtualHardwareSection", "ProductSection", "ElasticArraySection",
            "AvailabilitySection", "PerformanceObjectiveSection", "DeploymentSection", "ScaleOutSection", "KPISection", "AffinitySection", "LicenceSection");
    /** Sections that say something to people or to other tools, and nothing that a site would have to obey. */
    private static final Set<String> HARMLESS = Set.of("AnnotationSection", "EulaSection", "ResourceAllocationSection", "InstallSection", "EnvironmentFilesSection");

    private final Findings findings;
    private final EnvelopeReader.Scope scope;
    private final ExtensionReader extensions;

    SystemReader(Findings findings, EnvelopeReader.Scope scope) {
        this.findings = findings;
        this.scope = scope;
        this.extensions = new ExtensionReader(findings);
    }

    Component read(Element system) {
        var id = system.attribute("id").orElse("");
        var path = "%s/VirtualSystem[%s]".formatted(scope.path(), id);
        var hardware = new HardwareReader(findings, scope.configuration(), path).read(hardwareSection(system, path));
        return new Component(id, path, hardware.vcpus(), hardware.memory(), hardware.disks(), hardware.nics(), properties(system),
                bounds(system, id, path), scope.startups().getOrDefault(id, Component.Startup.AT_ONCE),
                anywhere(system, "ElasticArraySection").stream().flatMap(s -> s.children("Rule")).flatMap(r -> extensions.rule(r, path).stream()).toList(),
                anywhere(system, "AvailabilitySection").stream().flatMap(s -> extensions.availability(s, path).stream()).findFirst(),
                anywhere(system, "PerformanceObjectiveSection").stream().flatMap(s -> extensions.objectives(s, path).stream()).toList(),
                anywhere(system, "DeploymentSection").stream().flatMap(s -> extensions.countries(s).stream()).toList(), kept(system, path), system.line());
    }

    /** RESERVOIR's own manifests have these sections also inside others, such as OperatingSystemSection. */
    private static List<Element> anywhere(Element system, String kind) {
        return system.all().filter(e -> e.kind().equals(kind)).toList();
    }

    private List<Element> hardwareSection(Element system, String path) {
        var sections = system.ofKind("VirtualHardwareSection").toList();
        if (sections.size() > 1) {
            findings.note("OVF_HARDWARE_ALTERNATIVES", sections.get(1), path, "Of %d alternative hardware sections the first is taken.".formatted(sections.size()));
        }
        return sections.stream().limit(1).toList();
    }

    /** Its own and those of the collections around it (DSP0243 §9.5); its own win. */
    private List<Component.Property> properties(Element system) {
        var byKey = new LinkedHashMap<String, Component.Property>();
        scope.properties().forEach(p -> byKey.put(p.fullKey(), p));
        var own = extensions.properties(system);
        var seen = new java.util.HashSet<String>();
        for (var property : own) {
            if (!seen.add(property.fullKey())) {
                findings.add(new Finding(Finding.Severity.WARNING, "OVF_DUPLICATE_PROPERTY", "The property '%s' stands there twice; the last one counts."
                        .formatted(property.fullKey()), scope.path(), property.line(), "Give each its own key, class or instance."));
            }
            byKey.put(property.fullKey(), property);
        }
        return new ArrayList<>(byKey.values());
    }

    private Component.Bounds bounds(Element system, String id, String path) {
        var scaleOut = system.ofKind("ScaleOutSection").flatMap(s -> extensions.scaleOut(s, path).stream()).findFirst()
                .orElse(scope.bounds().getOrDefault(id, Component.Bounds.ONE));
        return extensions.bounds(system, path, scaleOut);
    }

    private List<Manifest.Kept> kept(Element system, String path) {
        var kept = new ArrayList<Manifest.Kept>();
        for (var child : system.children()) {
            if (!READ.contains(child.kind()) || child.kind().equals("DeploymentSection")) {
                kept.add(new Manifest.Kept(path, child));
                noteUnknown(findings, child, path);
            }
        }
        return kept;
    }

    /** Whether a site that does not know a section may go on is said by {@code ovf:required}, true by default (DSP0243 §7.1). */
    static void noteUnknown(Findings findings, Element section, String path) {
        var kind = section.kind();
        if (HARMLESS.contains(kind) || kind.equals("DeploymentSection")) {
            return;
        }
        if (section.attribute("required").filter("false"::equals).isPresent()) {
            findings.note("OVF_UNKNOWN_SECTION", section, path, "'%s' is kept but not understood.".formatted(kind));
        } else {
            findings.warning("OVF_UNKNOWN_REQUIRED_SECTION", section, path, "'%s' is kept but not understood, though it counts as required.".formatted(kind),
                    "If the service runs without it, set ovf:required=\"false\".");
        }
    }
}
