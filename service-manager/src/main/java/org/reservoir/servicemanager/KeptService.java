package org.reservoir.servicemanager;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.manifest.Manifest;

/**
 * A service as the site database keeps it.
 *
 * @param owner      who submitted it, with the rights he had then; all that is done for the service is done for him
 * @param up         whether it is to be there, or to be ended
 * @param properties values that were given for user-configurable properties
 * @param images     by file id of the manifest
 * @param networks   by network name of the manifest, as far as they have been found or made
 */
record KeptService(ServiceId id, String name, Caller owner, Ownership ownership, boolean up, Service.State state, Optional<String> problem, Manifest manifest,
                   Map<String, String> properties, Map<String, ImageId> images, Map<String, KeptNetwork> networks,
                   List<KeptComponent> components, Optional<Attempt> clearing, Instant created, Instant changed) {
    KeptService {
        properties = Map.copyOf(properties);
        images = Map.copyOf(images);
        networks = Map.copyOf(networks);
        components = components.stream().sorted(Comparator.comparingInt(KeptComponent::order).thenComparing(KeptComponent::name)).toList();
    }

    /** @param made whether it was made for this service, and goes with it */
    record KeptNetwork(NetworkId id, boolean made) {}

    /**
     * @param inForce whether rules act, or only say what they would do
     * @param scaled  when its wanted replicas were last changed
     * @param asOne   what was asked for as one by that change
     */
    record KeptComponent(String name, int order, int least, int most, int wanted, boolean started, boolean inForce, Optional<Instant> scaled, Optional<AsOne> asOne,
                         Map<Integer, Attempt> attempts) {
        KeptComponent {
            attempts = Map.copyOf(attempts);
        }
    }

    Optional<KeptComponent> component(String component) {
        return components.stream().filter(c -> c.name().equals(component)).findFirst();
    }

    List<Tier> tiers() {
        return components.stream().map(c -> new Tier(c.name(), c.order(), manifest.component(c.name()).orElseThrow(() ->
                new IllegalStateException("%s keeps a component '%s' that its manifest has not".formatted(id, c.name()))).startup().startDelay(),
                c.most(), c.wanted(), c.asOne(), c.started(), c.attempts())).toList();
    }

    List<ElasticRule> rules(String component) {
        return manifest.component(component).stream().flatMap(c -> c.rules().stream().map(rule -> ElasticRule.of(c, rule, manifest.kpis()))).toList();
    }
}
