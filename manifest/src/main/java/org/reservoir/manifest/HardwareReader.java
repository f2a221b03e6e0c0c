package org.reservoir.manifest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.reservoir.kernel.DataSize;

/**
 * Reads the items of a VirtualHardwareSection (CIM_ResourceAllocationSettingData) that a VEE needs: processors, memory, disks, adapters.
 * Controllers, video cards, sound and the like are left to the site.
 */
final class HardwareReader {
    private static final int MOST_VCPUS = 512;

    private final Findings findings;
    private final Optional<String> configuration;
    private final String path;
    private int vcpus;
    private Optional<DataSize> memory = Optional.empty();
    private final List<Component.DiskUse> disks = new ArrayList<>();
    private final List<Component.Nic> nics = new ArrayList<>();

    record Hardware(int vcpus, Optional<DataSize> memory, List<Component.DiskUse> disks, List<Component.Nic> nics) {}

    HardwareReader(Findings findings, Optional<String> configuration, String systemPath) {
        this.findings = findings;
        this.configuration = configuration;
        this.path = systemPath + "/VirtualHardwareSection";
    }

    Hardware read(List<Element> section) {
        section.stream().flatMap(s -> s.children().stream()).filter(this::counts).forEach(this::item);
        return new Hardware(Math.max(1, vcpus), memory, disks, nics);
    }

    /** Items of another deployment option and the bounds of a range say nothing about this one. */
    private boolean counts(Element item) {
        var ofConfigurations = item.attribute("configuration").map(names -> Arrays.asList(names.strip().split("\\s+")));
        return item.name().endsWith("Item") && item.attribute("bound").filter(b -> !b.equals("normal")).isEmpty()
                && (ofConfigurations.isEmpty() || configuration.filter(ofConfigurations.get()::contains).isPresent());
    }

    private void item(Element item) {
        switch (type(item)) {
            case "3" -> vcpus(item);
            case "4" -> memory(item);
            case "10" -> nic(item);
            case "17" -> disk(item, false);
            case "15", "16" -> disk(item, true);
            default -> { }
        }
    }

    /** OVF 2 writes adapters and disks as items of their own. */
    private static String type(Element item) {
        return item.childText("ResourceType").orElse(switch (item.name()) {
            case "EthernetPortItem" -> "10";
            case "StorageItem" -> "17";
            default -> "";
        });
    }

    private void vcpus(Element item) {
        var written = item.childText("VirtualQuantity").orElse("");
        var count = Units.count(written).filter(n -> n >= 1 && n <= MOST_VCPUS);
        if (count.isEmpty()) {
            findings.error("OVF_BAD_VCPUS", item, path, "'%s' virtual CPUs.".formatted(written), "Give 1 to %d.".formatted(MOST_VCPUS));
        }
        count.ifPresent(n -> vcpus = n);
    }

    private void memory(Element item) {
        var written = item.childText("VirtualQuantity").orElse("");
        var units = item.childText("AllocationUnits").orElse("");
        var size = Units.size(written, units.isEmpty() ? "byte * 2^20" : units);
        if (size.isEmpty()) {
            findings.error("OVF_BAD_MEMORY", item, path, "'%s' in units of '%s' is no amount of memory.".formatted(written, units),
                    "Write rasd:AllocationUnits 'byte * 2^20' and a whole number.");
        } else if (units.isEmpty()) {
            findings.warning("OVF_MEMORY_WITHOUT_UNIT", item, path, "The memory has no unit; taken as %s.".formatted(size.get()), "Write rasd:AllocationUnits 'byte * 2^20'.");
        }
        memory = size.isPresent() ? size : memory;
    }

    private void nic(Element item) {
        var connections = item.children("Connection").map(Element::text).filter(text -> !text.isEmpty()).toList();
        if (connections.isEmpty()) {
            nics.add(new Component.Nic(Optional.empty(), item.line()));
        }
        connections.forEach(network -> nics.add(new Component.Nic(Optional.of(network), item.line())));
    }

    /** {@code ovf:/disk/x}, also without scheme or with two slashes, as tools write it. */
    private void disk(Element item, boolean cd) {
        var resources = Stream.of("HostResource").flatMap(item::children).map(Element::text).filter(text -> !text.isEmpty()).toList();
        if (resources.isEmpty()) {
            disks.add(new Component.DiskUse(Optional.empty(), false, cd, item.line()));
        }
        for (var resource : resources) {
            var reference = resource.replaceFirst("^ovf:", "").replaceFirst("^/+", "");
            if (!reference.startsWith("disk/") && !reference.startsWith("file/")) {
                findings.warning("OVF_FOREIGN_RESOURCE", item, path, "'%s' is neither a disk nor a file of this envelope; the drive stays empty.".formatted(resource),
                        "Write ovf:/disk/ID.");
                disks.add(new Component.DiskUse(Optional.empty(), false, cd, item.line()));
            } else {
                disks.add(new Component.DiskUse(Optional.of(reference.substring(5)), reference.startsWith("file/"), cd, item.line()));
            }
        }
    }
}
