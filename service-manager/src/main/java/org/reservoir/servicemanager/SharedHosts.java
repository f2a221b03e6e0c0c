package org.reservoir.servicemanager;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.reservoir.interfaces.smi.Finding;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.ServiceId;
import org.reservoir.manifest.Component;
import org.reservoir.manifest.Manifest;

/**
 * Which components share a host: those of which the manifest says so, and those that a network connects which joins one host only, since on another host they would have an empty part of
 * it for themselves. What the manifest says goes before: components that are to be apart are so, and their author is warned. Pure.
 */
final class SharedHosts {
    /** The first of a group chooses the host for all that come after it: the one with the most room. */
    private static final String RANK = "free_memory";
    private static final String NETWORK = "-network-";

    private final Manifest manifest;
    private final Set<String> local;

    /** @param local names of the manifest's networks that join one host only */
    SharedHosts(Manifest manifest, Set<String> local) {
        this.manifest = manifest;
        this.local = Set.copyOf(local);
    }

    VeeSpec.Wish wish(ServiceId service, Component component) {
        var affinity = affinity(component);
        var circle = circle(component);
        var networks = circle.stream().flatMap(this::localNetworks).collect(Collectors.toCollection(TreeSet::new));
        if (!isApart(component) && !networks.isEmpty() && circle.stream().mapToInt(member -> member.bounds().most()).sum() > 1) {
            return new VeeSpec.Wish(Optional.empty(), Optional.of(RANK), Optional.of(service + NETWORK + networks.first()), true, false, Optional.empty());
        }
        return affinity.isEmpty() ? VeeSpec.Wish.ANYWHERE : new VeeSpec.Wish(Optional.empty(), Optional.empty(),
                Optional.of("%s-affinity-%d".formatted(service, affinity.getAsInt())), !isApart(component), isApart(component), Optional.empty());
    }

    /** Under which name the component's replicas and those of others share a host; the same for all that do. */
    Optional<String> together(Component component) {
        var circle = circle(component);
        boolean bound = affinity(component).isPresent() || circle.stream().flatMap(this::localNetworks).findAny().isPresent();
        return isApart(component) || !bound || circle.stream().mapToInt(member -> member.bounds().most()).sum() < 2 ? Optional.empty() : circle.stream().map(Component::id).min(Comparator.naturalOrder());
    }

    /** Whether the VEE shares a host for its network's sake. */
    static boolean forItsNetwork(VeeSpec spec) {
        return spec.placement().group().filter(group -> group.startsWith(spec.tags().get(VeeChanged.SERVICE_TAG) + NETWORK)).isPresent();
    }

    /** Of each component that is to be apart and is on a network that joins one host only. */
    List<Finding> findings() {
        return manifest.components().stream().filter(this::isApart).flatMap(component -> localNetworks(component).limit(1).map(network -> new Finding(Finding.Severity.WARNING, "NETWORK_JOINS_ONE_HOST",
                "'%s' is to be apart from others, and network '%s' joins one host only: over it they do not reach each other.".formatted(component.id(), network), component.path(), 0,
                "Leave the anti-affinity out, or use networks that span hosts (bin/site --span-hosts)."))).toList();
    }

    /** All that must be where the component is, itself among them. */
    private Set<Component> circle(Component component) {
        var circle = new LinkedHashSet<>(Set.of(component));
        for (var reached = new ArrayList<>(circle); !reached.isEmpty(); ) {
            var from = reached.removeFirst();
            manifest.components().stream().filter(other -> sharesHost(from, other) && circle.add(other)).forEach(reached::add);
        }
        return circle;
    }

    private boolean sharesHost(Component one, Component other) {
        var sameAffinity = affinity(one).isPresent() && affinity(one).equals(affinity(other));
        return !isApart(one) && !isApart(other) && (sameAffinity || localNetworks(one).anyMatch(network -> localNetworks(other).anyMatch(network::equals)));
    }

    private Stream<String> localNetworks(Component component) {
        return component.nics().stream().flatMap(nic -> nic.network().stream()).filter(local::contains);
    }

    /** The first of the manifest's affinities that names it, on the level of hosts. */
    private OptionalInt affinity(Component component) {
        var affinities = manifest.affinities();
        return IntStream.range(0, affinities.size()).filter(i -> affinities.get(i).scope().equals("physical") && affinities.get(i).components().contains(component.id())).findFirst();
    }

    boolean isApart(Component component) {
        return affinity(component).stream().anyMatch(i -> !manifest.affinities().get(i).together());
    }
}
