package org.reservoir.manifest;

import static org.reservoir.manifest.Finding.Severity.ERROR;
import static org.reservoir.manifest.Finding.Severity.NOTE;
import static org.reservoir.manifest.Finding.Severity.WARNING;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.reservoir.manifest.WellFormedness.Invariant;
import org.reservoir.manifest.WellFormedness.Violation;

/** Invariants of OVF itself: names are unique, references lead somewhere, quantities make sense. */
final class StructureInvariants {
    private static final Set<String> TYPES = Set.of("string", "boolean", "uint8", "uint16", "uint32", "uint64", "sint8", "sint16", "sint32", "sint64",
            "real32", "real64", "int", "password", "ip");

    private StructureInvariants() {}

    static final List<Invariant> ALL = List.of(
            new Invariant(ERROR, "OVF_NO_SYSTEM", "Describe at least one VirtualSystem.", StructureInvariants::noSystem),
            new Invariant(ERROR, "OVF_SYSTEM_WITHOUT_ID", "Give each VirtualSystem an ovf:id.", m -> m.components().stream().filter(c -> c.id().isBlank())
                    .map(c -> at(c, "A VirtualSystem has no id."))),
            new Invariant(ERROR, "OVF_DUPLICATE_SYSTEM", "Ids of systems are unique in an envelope.", m -> WellFormedness.repeated(m.components(), Component::id).stream()
                    .map(c -> at(c, "The id '%s' is given to two systems.".formatted(c.id())))),
            new Invariant(ERROR, "OVF_DUPLICATE_FILE", "Ids of files are unique in an envelope.", m -> WellFormedness.repeated(m.files(), Manifest.File::id).stream()
                    .map(f -> new Violation("Envelope/References", f.line(), "The file id '%s' is given twice.".formatted(f.id())))),
            new Invariant(ERROR, "OVF_FILE_INCOMPLETE", "Write ovf:id and ovf:href.", m -> m.files().stream().filter(f -> f.id().isBlank() || f.href().isBlank())
                    .map(f -> new Violation("Envelope/References", f.line(), "A file has no id or no href."))),
            new Invariant(WARNING, "OVF_FILE_TWICE", "One File element per file is enough.", m -> WellFormedness.repeated(m.files(), Manifest.File::href).stream()
                    .map(f -> new Violation("Envelope/References", f.line(), "The file '%s' is named twice.".formatted(f.href())))),
            new Invariant(ERROR, "OVF_DUPLICATE_DISK", "Ids of disks are unique in an envelope.", m -> WellFormedness.repeated(m.disks(), Manifest.Disk::id).stream()
                    .map(d -> at(d, "The disk id '%s' is given twice.".formatted(d.id())))),
            new Invariant(ERROR, "OVF_DISK_WITHOUT_ID", "Write ovf:diskId.", m -> m.disks().stream().filter(d -> d.id().isBlank()).map(d -> at(d, "A disk has no diskId."))),
            new Invariant(ERROR, "OVF_UNKNOWN_FILE", "Name a file of the References.", m -> m.disks().stream().filter(d -> d.file().filter(f -> m.file(f).isEmpty()).isPresent())
                    .map(d -> at(d, "The disk's file '%s' is not among the References.".formatted(d.file().orElse(""))))),
            new Invariant(ERROR, "OVF_EMPTY_DISK", "Give a capacity above zero.", m -> m.disks().stream().filter(d -> d.capacity().filter(c -> c.bytes() == 0).isPresent())
                    .map(d -> at(d, "The disk '%s' has no capacity.".formatted(d.id())))),
            new Invariant(ERROR, "OVF_DUPLICATE_NETWORK", "Names of networks are unique in an envelope.", m -> WellFormedness.repeated(m.networks(), Manifest.Network::name).stream()
                    .map(n -> new Violation("Envelope/NetworkSection", n.line(), "The network '%s' is there twice.".formatted(n.name())))),
            new Invariant(ERROR, "OVF_UNKNOWN_DISK", "Name a disk of the DiskSection (ovf:/disk/ID) or a file (ovf:/file/ID).", StructureInvariants::unknownDisks),
            new Invariant(ERROR, "OVF_UNKNOWN_NETWORK", "Name a network of the NetworkSection.", StructureInvariants::unknownNetworks),
            new Invariant(WARNING, "OVF_NIC_UNCONNECTED", "Write rasd:Connection, or leave the adapter out.", m -> m.components().stream()
                    .flatMap(c -> c.nics().stream().filter(n -> n.network().isEmpty()).map(n -> in(c, n.line(), "An adapter is connected to nothing.")))),
            new Invariant(WARNING, "OVF_NO_MEMORY", "Write an item of ResourceType 4.", m -> m.components().stream().filter(c -> c.memory().isEmpty())
                    .map(c -> at(c, "'%s' does not say how much memory it needs.".formatted(c.id())))),
            new Invariant(WARNING, "OVF_MEMORY_TOO_SMALL", "A VEE needs 16 MiB at least.", m -> m.components().stream()
                    .filter(c -> c.memory().filter(size -> size.mebibytes() < 16).isPresent()).map(c -> at(c, "'%s' asks for %s of memory.".formatted(c.id(), c.memory().orElseThrow())))),
            new Invariant(NOTE, "OVF_UNUSED_DISK", "", StructureInvariants::unusedDisks),
            new Invariant(ERROR, "OVF_PROPERTY_WITHOUT_KEY", "Write ovf:key.", m -> m.properties().filter(p -> p.key().isBlank())
                    .map(p -> property(p, "A property has no key."))),
            new Invariant(WARNING, "OVF_PROPERTY_KEY", "Dots and colons belong between class, key and instance (DSP0243 §9.5.1).", m -> m.properties()
                    .filter(p -> !p.key().isBlank() && !p.key().matches("[^.:\\s]+")).map(p -> property(p, "'%s' is no key of a property.".formatted(p.key())))),
            new Invariant(WARNING, "OVF_PROPERTY_TYPE", "Use a type of DSP0243 §9.5.1, such as string or uint16.", m -> m.properties().filter(p -> !TYPES.contains(base(p.type())))
                    .map(p -> property(p, "'%s' is no type of a property ('%s').".formatted(p.type(), p.key())))),
            new Invariant(WARNING, "OVF_PROPERTY_VALUE", "Give a value of the type.", m -> m.properties().filter(p -> !p.value().isBlank() && p.text().macros().findAny().isEmpty()
                    && !fits(base(p.type()), p.value().strip())).map(p -> property(p, "'%s' is no %s ('%s').".formatted(p.value(), p.type(), p.key())))));

    private static Stream<Violation> noSystem(Manifest manifest) {
        return manifest.components().isEmpty() ? Stream.of(new Violation("Envelope", 0, "There is no VirtualSystem in it.")) : Stream.empty();
    }

    private static Stream<Violation> unknownDisks(Manifest manifest) {
        return manifest.components().stream().flatMap(c -> c.disks().stream()
                .filter(use -> use.disk().filter(id -> use.isFile() ? manifest.file(id).isEmpty() : manifest.disk(id).isEmpty()).isPresent())
                .map(use -> in(c, use.line(), "There is no %s '%s'.".formatted(use.isFile() ? "file" : "disk", use.disk().orElse("")))));
    }

    private static Stream<Violation> unknownNetworks(Manifest manifest) {
        return manifest.components().stream().flatMap(c -> c.nics().stream()
                .filter(nic -> nic.network().filter(name -> !isNetwork(manifest, name)).isPresent())
                .map(nic -> in(c, nic.line(), "There is no network '%s'.".formatted(nic.network().orElse("")))));
    }

    static boolean isNetwork(Manifest manifest, String name) {
        return manifest.networks().stream().anyMatch(n -> n.name().equals(name));
    }

    private static Stream<Violation> unusedDisks(Manifest manifest) {
        return manifest.disks().stream().filter(d -> manifest.components().stream().flatMap(c -> c.disks().stream())
                .noneMatch(use -> !use.isFile() && use.disk().equals(Optional.of(d.id())))).map(d -> at(d, "No system uses the disk '%s'.".formatted(d.id())));
    }

    private static String base(String type) {
        return type.replaceFirst("\\(.*", "").replaceFirst(":.*", "").strip();
    }

    private static boolean fits(String type, String value) {
        if (type.startsWith("uint")) {
            return value.matches("\\+?[0-9]+|0[xX][0-9a-fA-F]+");
        }
        if (type.startsWith("sint") || type.equals("int")) {
            return value.matches("[+-]?[0-9]+|0[xX][0-9a-fA-F]+");
        }
        if (type.startsWith("real")) {
            return value.matches("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
        }
        return !type.equals("boolean") || value.matches("(?i)true|false|0|1");
    }

    private static Violation at(Component component, String message) {
        return new Violation(component.path(), component.line(), message);
    }

    private static Violation in(Component component, int line, String message) {
        return new Violation(component.path() + "/VirtualHardwareSection", line, message);
    }

    private static Violation at(Manifest.Disk disk, String message) {
        return new Violation("Envelope/DiskSection/Disk[%s]".formatted(disk.id()), disk.line(), message);
    }

    private static Violation property(Component.Property property, String message) {
        return new Violation("ProductSection/Property[%s]".formatted(property.fullKey()), property.line(), message);
    }
}
