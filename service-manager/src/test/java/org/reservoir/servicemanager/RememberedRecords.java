package org.reservoir.servicemanager;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

import org.reservoir.interfaces.smi.Decision;
import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.servicemanager.KeptService.KeptComponent;

/** Records in memory, for simulations of many lives; keeps the same promises as the database. */
final class RememberedRecords implements ServiceRecords {
    private final Map<ServiceId, KeptService> services = new TreeMap<>();
    private final Map<ServiceId, List<NumberedDecision>> decisions = new HashMap<>();
    private final Map<ServiceId, byte[]> documents = new HashMap<>();
    private long numbers = 1;

    @Override
    public ServiceId add(Submission s, Instant now) {
        if (services.values().stream().anyMatch(k -> k.name().equals(s.name()) && k.owner().user().equals(s.owner().user()) && k.state() != Service.State.UNDEPLOYED)) {
            throw Refused.conflict("SERVICE_NAME_TAKEN", "There is a service '%s' already.".formatted(s.name()), "");
        }
        var components = s.manifest().components().stream().map(c -> new KeptComponent(c.id(), c.startup().order(), c.bounds().least(), c.bounds().most(),
                c.bounds().initial(), false, true, Optional.empty(), Optional.empty(), Map.of())).toList();
        var id = new ServiceId(numbers++);
        services.put(id, new KeptService(id, s.name(), s.owner(), Ownership.privateTo(s.owner()), true, Service.State.DEPLOYING, Optional.empty(), s.manifest(),
                s.properties(), s.images(), Map.of(), components, Optional.empty(), now, now));
        documents.put(id, s.document().clone());
        return id;
    }

    @Override
    public long takenIn() {
        return numbers;
    }

    @Override
    public Optional<ServiceId> addAfter(long takenIn, Submission submission, Instant now) {
        return takenIn == numbers ? Optional.of(add(submission, now)) : Optional.empty();
    }

    @Override
    public byte[] document(ServiceId service) {
        return documents.get(service).clone();
    }

    @Override
    public Optional<KeptService> find(ServiceId service) {
        return Optional.ofNullable(services.get(service));
    }

    @Override
    public List<KeptService> list(Optional<ServiceId> after, int most) {
        return services.values().stream().filter(s -> after.isEmpty() || s.id().compareTo(after.get()) > 0).limit(most).toList();
    }

    @Override
    public List<KeptService> scalable() {
        return services.values().stream().filter(s -> s.up() && s.components().stream().anyMatch(c -> c.started() && !s.rules(c.name()).isEmpty())).toList();
    }

    private void change(ServiceId id, UnaryOperator<KeptService> change) {
        services.computeIfPresent(id, (_, service) -> change.apply(service));
    }

    private static KeptService components(KeptService k, UnaryOperator<KeptComponent> change) {
        return new KeptService(k.id(), k.name(), k.owner(), k.ownership(), k.up(), k.state(), k.problem(), k.manifest(), k.properties(), k.images(),
                k.networks(), k.components().stream().map(change).toList(), k.clearing(), k.created(), k.changed());
    }

    private static KeptService state(KeptService k, boolean up, Service.State state, Optional<String> problem, Optional<Attempt> clearing) {
        return new KeptService(k.id(), k.name(), k.owner(), k.ownership(), up, state, problem, k.manifest(), k.properties(), k.images(),
                k.networks(), k.components(), clearing, k.created(), k.changed());
    }

    private static KeptComponent component(KeptComponent c, int wanted, boolean started, boolean inForce, Optional<Instant> scaled, Optional<AsOne> asOne, Map<Integer, Attempt> attempts) {
        return new KeptComponent(c.name(), c.order(), c.least(), c.most(), wanted, started, inForce, scaled, asOne, attempts);
    }

    @Override
    public boolean want(ServiceId id, String component, Optional<Integer> from, int replicas, Optional<AsOne> asOne, Instant now, String why) {
        var is = services.get(id).component(component).orElseThrow().wanted();
        if (!services.get(id).up() || from.filter(f -> f != is).isPresent()) {
            return false;
        }
        change(id, k -> components(state(k, true, k.state() == Service.State.RUNNING ? Service.State.SCALING : k.state(), k.problem(), k.clearing()),
                c -> c.name().equals(component) ? component(c, replicas, c.started(), c.inForce(), Optional.of(now), asOne, Map.of()) : c));
        return true;
    }

    @Override
    public void end(ServiceId id, Instant now, String why) {
        change(id, k -> state(k, false, Service.State.UNDEPLOYING, Optional.empty(), Optional.empty()));
    }

    @Override
    public void forgive(ServiceId id, Instant now) {
        change(id, k -> components(state(k, k.up(), k.state(), k.problem(), Optional.empty()), c -> component(c, c.wanted(), c.started(), c.inForce(), c.scaled(), c.asOne(), Map.of())));
    }

    @Override
    public void force(ServiceId id, String component, boolean inForce, Instant now) {
        change(id, k -> components(k, c -> c.name().equals(component) ? component(c, c.wanted(), c.started(), inForce, c.scaled(), c.asOne(), c.attempts()) : c));
    }

    @Override
    public void keepNetwork(ServiceId id, String network, KeptService.KeptNetwork kept) {
        change(id, k -> {
            var networks = new HashMap<>(k.networks());
            networks.put(network, kept);
            return new KeptService(k.id(), k.name(), k.owner(), k.ownership(), k.up(), k.state(), k.problem(), k.manifest(), k.properties(), k.images(),
                    networks, k.components(), k.clearing(), k.created(), k.changed());
        });
    }

    @Override
    public void progress(ServiceId id, boolean up, Progress p, Instant now) {
        change(id, k -> k.up() != up ? k : components(state(k, up, p.state(), p.problem(), p.clearing()), c -> {
            var attempts = new HashMap<>(c.attempts());
            p.well().stream().filter(key -> key.component().equals(c.name())).forEach(key -> attempts.remove(key.replica()));
            p.troubles().forEach((key, attempt) -> {
                if (key.component().equals(c.name())) {
                    attempts.put(key.replica(), attempt);
                }
            });
            return component(c, c.wanted(), c.started() || p.started().contains(c.name()), c.inForce(), c.scaled(), c.asOne(), attempts);
        }));
    }

    @Override
    public void decided(ServiceId id, Decision decision) {
        decisions.computeIfAbsent(id, _ -> new ArrayList<>()).add(new NumberedDecision(numbers++, decision));
    }

    @Override
    public List<NumberedDecision> decisions(ServiceId id, OptionalLong before, int most) {
        return decisions.getOrDefault(id, List.of()).stream().filter(d -> before.isEmpty() || d.number() < before.getAsLong())
                .sorted(Comparator.comparingLong(NumberedDecision::number).reversed()).limit(most).toList();
    }
}
