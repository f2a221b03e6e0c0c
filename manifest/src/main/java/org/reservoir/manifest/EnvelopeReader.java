package org.reservoir.manifest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.reservoir.kernel.DataSize;

/** Reads what belongs to the envelope as a whole; hands each VirtualSystem to {@link SystemReader}. Element names count, namespaces do not. */
final class EnvelopeReader {
    private static final Set<String> READ = Set.of("References", "DiskSection", "NetworkSection", "KPISection", "AffinitySection", "LicenceSection", "VirtualSystem",
            "VirtualSystemCollection", "StartupSection", "ScaleOutSection", "ProductSection", "DeploymentOptionSection", "Info", "Name", "Strings");
    private static final Map<String, String> VERSIONS = Map.of("http://www.vmware.com/schema/ovf/1/envelope", "0.9",
            "http://schemas.dmtf.org/ovf/envelope/1", "1", "http://schemas.dmtf.org/ovf/envelope/2", "2");

    private final Findings findings;
    private final StartupOrders orders = new StartupOrders();
    private final List<Manifest.Kept> kept = new ArrayList<>();

    EnvelopeReader(Findings findings) {
        this.findings = findings;
    }

    Manifest read(Element envelope) {
        var version = VERSIONS.getOrDefault(envelope.namespace(), "?");
        if (version.equals("?")) {
            findings.warning("OVF_UNKNOWN_VERSION", envelope, "Envelope", "The envelope's namespace '%s' is none of OVF 0.9 to 2.".formatted(envelope.namespace()),
                    "Use http://schemas.dmtf.org/ovf/envelope/1.");
        }
        collection(envelope, new Scope("Envelope", List.of(), Map.of(), Map.of(), List.of(), defaultConfiguration(envelope)));
        return new Manifest(name(envelope), version, files(envelope), disks(envelope), networks(envelope), orders.components(),
                kpis(envelope), affinities(envelope), licences(envelope), kept);
    }

    private static String name(Element envelope) {
        return envelope.children().stream().filter(e -> Set.of("VirtualSystem", "VirtualSystemCollection").contains(e.kind()))
                .flatMap(e -> e.attribute("id").stream()).findFirst().orElse("");
    }

    private static Optional<String> defaultConfiguration(Element envelope) {
        var configurations = envelope.ofKind("DeploymentOptionSection").flatMap(s -> s.children("Configuration")).toList();
        return configurations.stream().filter(c -> c.attribute("default").filter("true"::equals).isPresent()).findFirst()
                .or(() -> configurations.stream().findFirst()).flatMap(c -> c.attribute("id"));
    }

    /**
     * What the systems below a collection inherit from it.
     *
     * @param orders        of the collections from the outermost in
     * @param startups      of this collection's StartupSection, by id
     * @param bounds        of its ScaleOutSections, by id
     * @param properties    of the collections from the outermost in
     * @param configuration the deployment option that is read
     */
    record Scope(String path, List<Integer> orders, Map<String, Component.Startup> startups, Map<String, Component.Bounds> bounds,
                 List<Component.Property> properties, Optional<String> configuration) {}

    private void collection(Element parent, Scope outer) {
        var extensions = new ExtensionReader(findings);
        var startups = new HashMap<String, Component.Startup>();
        parent.ofKind("StartupSection").flatMap(s -> s.children("Item"))
                .forEach(item -> startups.put(startsWhom(parent, item, outer.path()), extensions.startup(item, outer.path() + "/StartupSection")));
        var bounds = new HashMap<String, Component.Bounds>();
        parent.ofKind("ScaleOutSection").forEach(s -> extensions.scaleOut(s, outer.path()).ifPresent(b -> bounds.put(s.attribute("id").orElse(""), b)));
        var properties = new ArrayList<>(outer.properties());
        properties.addAll(extensions.properties(parent));
        var scope = new Scope(outer.path(), outer.orders(), startups, bounds, properties, outer.configuration());
        for (var child : parent.children()) {
            switch (child.kind()) {
                case "VirtualSystem" -> orders.add(new SystemReader(findings, scope).read(child), scope.orders());
                case "VirtualSystemCollection" -> collection(child, inner(child, scope));
                default -> keepUnknown(child, outer.path());
            }
        }
    }

    /** The id of the system or collection that a startup item is about. */
    private String startsWhom(Element parent, Element item, String path) {
        var id = item.attribute("id").orElse("");
        if (parent.children().stream().noneMatch(child -> child.kind().startsWith("VirtualSystem") && child.attribute("id").filter(id::equals).isPresent())) {
            findings.warning("OVF_UNKNOWN_STARTUP", item, path + "/StartupSection", "There is no system '%s' here to be started.".formatted(id),
                    "Write the id of a system or collection beside the section; without an item it starts among the first.");
        }
        return id;
    }

    private static Scope inner(Element child, Scope scope) {
        var id = child.attribute("id").orElse("");
        var orders = new ArrayList<>(scope.orders());
        orders.add(scope.startups().getOrDefault(id, Component.Startup.AT_ONCE).order());
        return new Scope("%s/VirtualSystemCollection[%s]".formatted(scope.path(), id), orders, Map.of(), Map.of(), scope.properties(), scope.configuration());
    }

    private void keepUnknown(Element section, String path) {
        if (!READ.contains(section.kind())) {
            kept.add(new Manifest.Kept(path, section));
            SystemReader.noteUnknown(findings, section, path);
        }
    }

    private List<Manifest.File> files(Element envelope) {
        return envelope.ofKind("References").flatMap(r -> r.children("File")).map(f -> new Manifest.File(f.attribute("id").orElse(""),
                f.attribute("href").orElse(""), f.attribute("size").flatMap(s -> fileSize(f, s)), f.attribute("digest"), f.line())).toList();
    }

    private Optional<DataSize> fileSize(Element file, String written) {
        var size = Units.size(written, "byte");
        if (size.isEmpty()) {
            findings.warning("OVF_BAD_SIZE", file, "Envelope/References", "'%s' is no size of a file.".formatted(written), "Write whole bytes.");
        }
        return size;
    }

    private List<Manifest.Disk> disks(Element envelope) {
        return envelope.ofKind("DiskSection").flatMap(s -> s.children("Disk")).map(d -> new Manifest.Disk(d.attribute("diskId").orElse(""),
                d.attribute("fileRef").filter(ref -> !ref.isEmpty()), capacity(d), d.attribute("format"), d.line())).toList();
    }

    private Optional<DataSize> capacity(Element disk) {
        var path = "Envelope/DiskSection/Disk[%s]".formatted(disk.attribute("diskId").orElse(""));
        var written = disk.attribute("capacity").orElse("");
        if (written.startsWith("${")) {
            findings.note("OVF_CAPACITY_BY_PROPERTY", disk, path, "The capacity is a property (%s); the image's own size is taken.".formatted(written));
            return Optional.empty();
        }
        var size = Units.size(written, disk.attribute("capacityAllocationUnits").filter(u -> !u.isBlank()).orElse("byte"));
        if (size.isEmpty()) {
            findings.error("OVF_BAD_CAPACITY", disk, path, "'%s' in units of '%s' is no capacity.".formatted(written,
                    disk.attribute("capacityAllocationUnits").orElse("byte")), "Write ovf:capacity=\"10\" ovf:capacityAllocationUnits=\"byte * 2^30\".");
        } else if (!written.strip().matches("[0-9]+")) {
            findings.warning("OVF_UNIT_IN_CAPACITY", disk, path, "The capacity '%s' carries its own unit; taken as %s.".formatted(written, size.get()),
                    "Write the unit into ovf:capacityAllocationUnits.");
        }
        return size;
    }

    private static List<Manifest.Network> networks(Element envelope) {
        return envelope.ofKind("NetworkSection").flatMap(s -> s.children("Network")).map(n -> new Manifest.Network(n.attribute("name").orElse(""),
                n.childText("Description").orElse(""), n.attribute(Manifest.RESERVOIR, "public").filter("true"::equals).isPresent(), n.line())).toList();
    }

    private static List<Manifest.Kpi> kpis(Element envelope) {
        return envelope.all().filter(e -> e.kind().equals("KPISection")).flatMap(s -> s.children("KPI"))
                .map(k -> new Manifest.Kpi(k.attribute("KPIname").orElse(""), k.attribute("KPItype").orElse("AGENT"), k.line())).toList();
    }

    private static List<Manifest.Affinity> affinities(Element envelope) {
        return envelope.all().filter(e -> e.kind().equals("AffinitySection")).flatMap(s -> s.children().stream())
                .filter(e -> e.name().equals("Affinity") || e.name().equals("AntiAffinity"))
                .map(e -> new Manifest.Affinity(e.name().equals("Affinity"), e.attribute("scope").orElse("physical"),
                        e.children("VirtualSystemId").map(Element::text).toList(), e.line())).toList();
    }

    private static List<Manifest.Licence> licences(Element envelope) {
        return envelope.all().filter(e -> e.kind().equals("LicenceSection")).flatMap(s -> s.children("Licence"))
                .map(e -> new Manifest.Licence(e.attribute("name").orElse(""), e.children("VirtualSystemId").map(Element::text).toList(), e.line())).toList();
    }
}
