package org.reservoir.servicemanager;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

import org.reservoir.interfaces.smi.Finding;
import org.reservoir.interfaces.smi.ServicePlan;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.manifest.Component;
import org.reservoir.manifest.Manifest;

/** What a manifest would come to: steps in order, and what it takes at the fewest, the first and the most replicas. Pure. */
final class Planning {
    private final Manifest manifest;
    private final Map<String, Image> images;
    private final HourlyPrice price;

    /** @param images by file id */
    Planning(Manifest manifest, Map<String, Image> images, HourlyPrice price) {
        this.manifest = manifest;
        this.images = Map.copyOf(images);
        this.price = price;
    }

    /** @param newNetworks names of the manifest's networks that would be made */
    ServicePlan plan(List<Finding> findings, List<String> newNetworks) {
        return new ServicePlan(steps(newNetworks), findings, demanded(c -> c.bounds().least()), demanded(c -> c.bounds().initial()), demanded(c -> c.bounds().most()), Optional.empty());
    }

    private List<ServicePlan.Step> steps(List<String> newNetworks) {
        var steps = new ArrayList<ServicePlan.Step>();
        int first = manifest.orders().stream().findFirst().orElse(0);
        newNetworks.forEach(network -> steps.add(new ServicePlan.Step(first, "", "make network '%s'".formatted(network))));
        for (int order : manifest.orders()) {
            var together = manifest.components().stream().filter(c -> c.startup().order() == order).toList();
            for (var component : together) {
                for (int i = 0; i < component.bounds().initial(); i++) {
                    steps.add(new ServicePlan.Step(order, component.id(), "create replica %d: %d CPUs, %s".formatted(i, component.vcpus(), ReplicaSpecs.memory(component))));
                }
            }
            together.forEach(component -> steps.add(new ServicePlan.Step(order, component.id(), gate(component))));
        }
        return steps;
    }

    private static String gate(Component component) {
        var until = component.startup().waitingForGuest() ? "wait until its guests say that they are ready" : "wait until it runs";
        return component.startup().startDelay().isZero() ? until : until + ", at most %d s".formatted(component.startup().startDelay().toSeconds());
    }

    private ServicePlan.Demanded demanded(ToIntFunction<Component> replicas) {
        int count = 0;
        var capacity = Capacity.NONE;
        for (var component : manifest.components()) {
            for (int i = 0; i < replicas.applyAsInt(component); i++, count++) {
                capacity = capacity.plus(capacity(component));
            }
        }
        return new ServicePlan.Demanded(count, capacity, price.of(capacity, count));
    }

    Capacity capacity(Component component) {
        var disk = component.disks().stream().flatMap(use -> use.disk().stream().map(id -> size(use, id))).reduce(DataSize.ZERO, DataSize::plus);
        return new Capacity(Cpus.of(component.vcpus()), ReplicaSpecs.memory(component), disk);
    }

    private DataSize size(Component.DiskUse use, String id) {
        var declared = use.isFile() ? DataSize.ZERO : manifest.disk(id).flatMap(Manifest.Disk::capacity).orElse(DataSize.ZERO);
        var file = use.isFile() ? id : manifest.disk(id).flatMap(Manifest.Disk::file).orElse("");
        var own = images.containsKey(file) ? images.get(file).virtualSize() : DataSize.ZERO;
        return own.compareTo(declared) > 0 ? own : declared;
    }
}
