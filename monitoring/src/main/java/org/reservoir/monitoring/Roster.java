package org.reservoir.monitoring;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;

/** The whereabouts as told by life-cycle events: who reads them calls {@link #note} and {@link #forget}. Kept in memory only. */
public final class Roster implements Whereabouts {
    private record Component(ServiceId service, String name) {}

    private final Map<VeeId, Labels> living = new ConcurrentHashMap<>();
    private final Map<Component, Set<VeeId>> components = new ConcurrentHashMap<>();
    /** Ids are given in order. */
    private final AtomicLong newest = new AtomicLong();

    /** Takes note that ids up to this one have been given to VEEs of this site. */
    public void given(VeeId vee) {
        newest.accumulateAndGet(vee.value(), Math::max);
    }

    public synchronized void note(VeeId vee, Labels labels) {
        given(vee);
        var before = living.put(vee, labels);
        if (before != null && !component(before).equals(component(labels))) {
            leave(vee, before);
        }
        component(labels).ifPresent(key -> components.computeIfAbsent(key, _ -> ConcurrentHashMap.newKeySet()).add(vee));
    }

    public synchronized void forget(VeeId vee) {
        var before = living.remove(vee);
        if (before != null) {
            leave(vee, before);
        }
    }

    @Override
    public Optional<Labels> of(VeeId vee) {
        return Optional.ofNullable(living.get(vee));
    }

    @Override
    public boolean ever(VeeId vee) {
        return vee.value() <= newest.get();
    }

    @Override
    public Set<VeeId> replicas(ServiceId service, String component) {
        return new TreeSet<>(components.getOrDefault(new Component(service, component), Set.of()));
    }

    @Override
    public Set<VeeId> vees(ServiceId service) {
        var vees = new TreeSet<VeeId>();
        components.forEach((component, replicas) -> {
            if (component.service().equals(service)) {
                vees.addAll(replicas);
            }
        });
        return vees;
    }

    private void leave(VeeId vee, Labels labels) {
        component(labels).ifPresent(key -> components.computeIfPresent(key, (_, vees) -> {
            vees.remove(vee);
            return vees.isEmpty() ? null : vees;
        }));
    }

    private static Optional<Component> component(Labels labels) {
        return labels.service().flatMap(service -> labels.component().map(name -> new Component(service, name)));
    }
}
