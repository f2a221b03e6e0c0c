package org.reservoir.servicemanager;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.Network;
import org.reservoir.interfaces.vmi.Placements;
import org.reservoir.interfaces.vmi.Placements.ServiceToAdmit;
import org.reservoir.interfaces.vmi.Vmi;
import org.reservoir.kernel.Refused;
import org.reservoir.manifest.Component;
import org.reservoir.manifest.Manifest;

/**
 * Asks whether a service can be given what its manifest promises, over its whole range of replicas, beside what runs and what was promised to others.
 * A manifest promises the most that one of its components does; a service whose promise is over a hundred per cent is held to {@value #MOST_PROMISED}.
 */
final class Gate {
    static final double MOST_PROMISED = 0.9999;
    private static final int BATCH = 500;

    private final ServiceRecords records;
    private final Vmi vmi;
    private final ServiceNetworks networks;
    private final AdmissionRules rules;

    Gate(ServiceRecords records, Vmi vmi, ServiceSettings settings) {
        this.records = records;
        this.vmi = vmi;
        this.networks = new ServiceNetworks(records, vmi, settings);
        this.rules = settings.admission();
    }

    /** @return what the site says; empty where nobody asks */
    Optional<Placements.Verdict> ask(Caller caller, String name, Manifest manifest, Map<String, Image> images) {
        var promised = held(manifest);
        if (promised.isEmpty()) {
            return Optional.empty();
        }
        var there = new ArrayList<ServiceToAdmit>();
        var others = new ArrayList<ServiceToAdmit>();
        var visible = new HashMap<Caller, List<Network>>();
        for (var batch = records.list(Optional.empty(), BATCH); !batch.isEmpty(); batch = records.list(Optional.of(batch.getLast().id()), BATCH)) {
            batch.stream().filter(KeptService::up).forEach(service -> {
                var its = promised(service.manifest());
                var hosts = new SharedHosts(service.manifest(), networks.local(service, visible.computeIfAbsent(service.owner(), owner -> ServiceNetworks.visible(vmi, owner))));
                (its.isPresent() ? there : others).add(toAdmit(service.id().toString(), service.manifest(), Map.of(), its.orElse(0), hosts));
            });
        }
        return Optional.of(vmi.placements().admission(toAdmit(name, manifest, images, promised.getAsDouble(), new SharedHosts(manifest, networks.foreseen(caller, manifest).local())), there, others));
    }

    /** @throws Refused {@code NOT_ADMITTED} */
    void require(Caller caller, String name, Manifest manifest, Map<String, Image> images) {
        ask(caller, name, manifest, images).filter(verdict -> !verdict.admitted()).ifPresent(verdict -> {
            throw Refused.exhausted("NOT_ADMITTED", told(name, manifest, verdict), "What would help: %s.".formatted(String.join("; or ", verdict.help())));
        });
    }

    /** The decision in the words of a manifest, and whatever else is told of it. */
    private String told(String name, Manifest manifest, Placements.Verdict verdict) {
        return Stream.concat(Stream.of(decision(name, manifest, verdict)), verdict.why().stream().skip(1)).collect(Collectors.joining(" "));
    }

    private String decision(String name, Manifest manifest, Placements.Verdict verdict) {
        var promised = percent(held(manifest).orElseThrow());
        var chance = verdict.honoured();
        if (chance.trials() == 0) {
            return "Service %s is not admitted: not even its least replicas have room; %s of the time were to be promised.".formatted(name, promised);
        }
        return "Service %s is not admitted: it would have all that it may want %s of the time (of %d trials; between %s and %s with 95 %% confidence), and %s is promised.%s".formatted(name,
                percent(chance.rate()), chance.trials(), percent(chance.low()), percent(chance.high()), promised,
                chance.low() >= held(manifest).orElseThrow() ? " Another service would fall below what it was promised." : "");
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * part);
    }

    private OptionalDouble held(Manifest manifest) {
        return switch (rules.who()) {
            case NONE -> OptionalDouble.empty();
            case PROMISED -> promised(manifest);
            case ALL -> OptionalDouble.of(promised(manifest).orElse(rules.usual()));
        };
    }

    private static OptionalDouble promised(Manifest manifest) {
        return manifest.components().stream().flatMap(component -> component.availability().stream()).map(Component.Availability::percentile).mapToDouble(BigDecimal::doubleValue)
                .filter(percent -> percent > 0).map(percent -> Math.min(percent / 100, MOST_PROMISED)).max();
    }

    private ServiceToAdmit toAdmit(String name, Manifest manifest, Map<String, Image> images, double promised, SharedHosts hosts) {
        var sizes = new Planning(manifest, images, HourlyPrice.UNKNOWN);
        var tiers = manifest.components().stream().map(component -> {
            var needs = sizes.capacity(component);
            return new Placements.Tier(component.id(), needs.cpu(), needs.memory(), needs.disk(), component.bounds().least(), component.bounds().most(), List.of(), hosts.isApart(component), hosts.together(component), manifest.licences(component));
        }).toList();
        return new ServiceToAdmit(name, tiers, promised, Optional.of(rules.downtime()));
    }
}
