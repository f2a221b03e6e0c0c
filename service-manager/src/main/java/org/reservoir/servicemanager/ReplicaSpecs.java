package org.reservoir.servicemanager;

import java.util.LinkedHashMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.Network;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ServiceId;
import org.reservoir.manifest.Component;
import org.reservoir.manifest.Macro;
import org.reservoir.manifest.MacroText.Resolution;
import org.reservoir.manifest.Manifest;

/** Makes of a component what the VMI is asked for: the spec of one replica's VEE. Pure; images and networks are given. */
final class ReplicaSpecs {
    /** The class of a VEE by which a site may weigh what is to be paid when it waits: the share of time that is promised, in per cent. */
    private static final String SLA_TAG = "sla";
    private static final DataSize DEFAULT_MEMORY = DataSize.mebibytes(512);

    private final Named service;
    private final Manifest manifest;
    private final Map<String, String> given;
    private final Map<String, Image> images;
    private final Map<String, Network> networks;
    private final SharedHosts sharedHosts;

    record Named(ServiceId id, String name) {}

    /** What asking for a replica's spec comes to. */
    sealed interface Made {
        record Spec(VeeSpec spec) implements Made {}

        /** These are not known yet. */
        record NotYet(List<Macro> macros) implements Made {
            public NotYet {
                macros = List.copyOf(macros);
            }
        }
    }

    /**
     * @param given    values for user-configurable properties
     * @param images   by file id of the manifest
     * @param networks by network name of the manifest
     */
    ReplicaSpecs(Named service, Manifest manifest, Map<String, String> given, Map<String, Image> images, Map<String, Network> networks) {
        this.service = service;
        this.manifest = manifest;
        this.given = Map.copyOf(given);
        this.images = Map.copyOf(images);
        this.networks = Map.copyOf(networks);
        sharedHosts = new SharedHosts(manifest, networks.keySet().stream().filter(name -> !networks.get(name).spec().joinsHosts()).collect(Collectors.toSet()));
    }

    /** @param set with which it is asked for as one */
    Made of(Component component, int replica, Optional<String> set, MacroValues values) {
        var properties = new LinkedHashMap<String, String>();
        for (var property : component.properties()) {
            switch (valued(property, given).text().resolve(values)) {
                case Resolution.Resolved(var value) -> properties.put(property.fullKey(), value);
                case Resolution.Unknown(var macros) -> {
                    return new Made.NotYet(macros);
                }
            }
        }
        var spec = spec(component, replica, properties);
        return new Made.Spec(set.map(name -> spec.wishing(spec.placement().in(name))).orElse(spec));
    }

    /** The value that was given for a property, by its full key or its key alone, or its own. */
    static Component.Property valued(Component.Property property, Map<String, String> given) {
        var value = Optional.ofNullable(given.get(property.fullKey())).or(() -> Optional.ofNullable(given.get(property.key())));
        return value.filter(_ -> property.configurable()).map(property::withValue).orElse(property);
    }

    private VeeSpec spec(Component component, int replica, Map<String, String> properties) {
        var name = Identity.vee(service.name(), component.id(), replica);
        var tags = new HashMap<>(Map.of(VeeChanged.SERVICE_TAG, service.id().toString(), VeeChanged.COMPONENT_TAG, component.id(), Seen.REPLICA_TAG, String.valueOf(replica)));
        component.availability().ifPresent(promised -> tags.put(SLA_TAG, promised.percentile().stripTrailingZeros().toPlainString()));
        var nics = component.nics().stream().flatMap(nic -> nic.network().stream()).map(network -> VeeSpec.NicSpec.on(networks.get(network).id())).toList();
        return new VeeSpec(name, component.vcpus(), Cpus.of(component.vcpus()), memory(component), Optional.empty(), Optional.empty(), disks(component), nics,
                VeeSpec.Context.of(properties), sharedHosts.wish(service.id(), component).licensed(manifest.licences(component)), false, Optional.empty(), false, component.startup().waitingForGuest(), tags, Map.of());
    }

    static DataSize memory(Component component) {
        return component.memory().filter(size -> size.mebibytes() >= 16).orElse(DEFAULT_MEMORY);
    }

    private List<VeeSpec.DiskSpec> disks(Component component) {
        return component.disks().stream().flatMap(use -> use.disk().stream().map(id -> disk(use, id))).toList();
    }

    private VeeSpec.DiskSpec disk(Component.DiskUse use, String id) {
        if (use.isFile()) {
            return VeeSpec.DiskSpec.of(images.get(id).id());
        }
        var disk = manifest.disk(id).orElseThrow(() -> new IllegalStateException("a manifest without disk %s was taken".formatted(id)));
        if (disk.file().isEmpty()) {
            return VeeSpec.DiskSpec.blank(disk.capacity().orElse(DataSize.gibibytes(1)));
        }
        var image = images.get(disk.file().get());
        // a capacity below the image's own size would cut its content off
        var size = disk.capacity().filter(capacity -> image.kind() == Image.Kind.DISK && capacity.compareTo(image.virtualSize()) > 0);
        return new VeeSpec.DiskSpec(Optional.of(image.id()), size, Optional.empty(), false, 0, 0);
    }
}
