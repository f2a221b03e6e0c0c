package org.reservoir.servicemanager;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.interfaces.vmi.Vmi;
import org.reservoir.kernel.Refused;

/** Does the steps of one turn, and remembers which were refused and how often. It decides nothing but whether another try makes sense. */
final class ReplicaWork {
    private final ServiceRecords records;
    private final Vmi vmi;
    private final ServiceSettings settings;
    private final KeptService service;
    private final List<Vee> vees;
    private final Instant now;
    private final Map<Outcome.ReplicaKey, Attempt> troubles = new LinkedHashMap<>();
    private Optional<ReplicaSpecs> specs = Optional.empty();
    private Map<MacroValues.EntryPoint, String> entryPoints = Map.of();

    ReplicaWork(ServiceRecords records, Vmi vmi, ServiceSettings settings, KeptService service, List<Vee> vees, Instant now) {
        this.records = records;
        this.vmi = vmi;
        this.settings = settings;
        this.service = service;
        this.vees = List.copyOf(vees);
        this.now = now;
    }

    Map<Outcome.ReplicaKey, Attempt> troubles() {
        return troubles;
    }

    void perform(Step step) {
        try {
            switch (step) {
                case Step.Create create -> create(create, List.of(create.replica()), Optional.empty());
                case Step.CreateSet create -> create(create, create.replicas(), Optional.of(create.set()));
                case Step.Recover recover -> recover(recover);
                case Step.Terminate terminate -> terminate(terminate);
            }
        } catch (Refused refused) {
            trouble(step, aim(step), refused.getMessage(), hopeless(step, refused));
        }
    }

    private static Attempt.Aim aim(Step step) {
        return step instanceof Step.Terminate terminate ? terminate.aim() : Attempt.Aim.KEEP;
    }

    /** What is wrong with the request itself stays wrong; what is used up, unreachable or in another state just now may pass. */
    private static boolean hopeless(Step step, Refused refused) {
        return (step instanceof Step.Create || step instanceof Step.CreateSet) && switch (refused.kind()) {
            case INVALID, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, TOO_LARGE -> true;
            case CONFLICT, EXHAUSTED, UNAVAILABLE -> false;
        };
    }

    private void trouble(Step step, Attempt.Aim aim, String problem, boolean last) {
        var before = service.component(step.component()).map(component -> component.attempts().get(step.replica()));
        troubles.put(new Outcome.ReplicaKey(step.component(), step.replica()), Attempt.after(before, aim, now, problem, last));
    }

    /** In one request, which makes all of them or none. */
    private void create(Step step, List<Integer> replicas, Optional<String> set) {
        var component = service.manifest().component(step.component()).orElseThrow();
        var made = new ArrayList<VeeSpec>();
        for (int replica : replicas) {
            var values = new MacroValues(service.id(), settings, component, replica, entryPoints());
            switch (specs().of(component, replica, set, values)) {
                case ReplicaSpecs.Made.Spec(var spec) -> made.add(spec);
                case ReplicaSpecs.Made.NotYet(var macros) -> {
                    trouble(step, Attempt.Aim.KEEP, "nothing is known yet for " + macros, false);
                    return;
                }
            }
        }
        createOrAdopt(made);
    }

    /** VEEs of these names that carry our tags are what an earlier turn made before it was cut off. */
    private void createOrAdopt(List<VeeSpec> made) {
        try {
            vmi.vees().create(service.owner(), made);
        } catch (Refused refused) {
            if (!refused.code().equals("VEE_NAME_TAKEN") || !made.stream().allMatch(this::isOurs)) {
                throw refused;
            }
        }
    }

    private boolean isOurs(VeeSpec spec) {
        var filter = new Vees.Filter(java.util.Set.of(), Optional.empty(), Optional.of(spec.name()), java.util.Set.of(), false);
        return vmi.vees().vees(service.owner(), filter, Page.Request.FIRST).items().stream()
                .anyMatch(vee -> vee.name().equals(spec.name()) && spec.tags().entrySet().stream().allMatch(tag -> tag.getValue().equals(vee.spec().tags().get(tag.getKey()))));
    }

    private void recover(Step.Recover step) {
        trouble(step, Attempt.Aim.KEEP, step.problem(), false);
        vmi.vees().act(service.owner(), step.vee(), new VeeAction.Recover(VeeAction.Way.RETRY));
    }

    private void terminate(Step.Terminate step) {
        if (step.hard()) {
            trouble(step, step.aim(), step.why(), false);
        }
        vmi.vees().act(service.owner(), step.vee(), new VeeAction.Terminate(step.hard()));
    }

    private ReplicaSpecs specs() {
        if (specs.isEmpty()) {
            var networks = new ServiceNetworks(records, vmi, settings).ensure(service);
            specs = Optional.of(new ReplicaSpecs(new ReplicaSpecs.Named(service.id(), service.name()), service.manifest(), service.properties(), images(),
                    networks.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> vmi.networks().network(service.owner(), entry.getValue().id())))));
            entryPoints = entryPoints(networks);
        }
        return specs.get();
    }

    private Map<MacroValues.EntryPoint, String> entryPoints() {
        specs();
        return entryPoints;
    }

    private Map<String, Image> images() {
        return service.images().entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> vmi.images().image(service.owner(), entry.getValue())));
    }

    /** The first address of each component on each network: of its ready replica with the lowest number, or of the lowest at all. */
    private Map<MacroValues.EntryPoint, String> entryPoints(Map<String, KeptService.KeptNetwork> networks) {
        var lowestReady = Comparator.comparing((Vee vee) -> !vee.ready()).thenComparing(vee -> Integer.parseInt(vee.spec().tags().getOrDefault(Seen.REPLICA_TAG, "0")));
        var points = new HashMap<MacroValues.EntryPoint, String>();
        for (var component : service.manifest().components()) {
            var replicas = vees.stream().filter(vee -> component.id().equals(vee.spec().tags().get(VeeChanged.COMPONENT_TAG))).sorted(lowestReady).toList();
            networks.forEach((name, network) -> address(replicas, network)
                    .ifPresent(address -> points.put(new MacroValues.EntryPoint(name, component.id()), address)));
        }
        return points;
    }

    private static Optional<String> address(List<Vee> replicas, KeptService.KeptNetwork network) {
        return replicas.stream().flatMap(vee -> vee.nics().stream()).filter(nic -> nic.network().equals(network.id()))
                .flatMap(nic -> nic.addresses().stream()).findFirst();
    }
}
