package org.reservoir.servicemanager;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Network;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vmi;
import org.reservoir.kernel.Refused;
import org.reservoir.manifest.Manifest;

/**
 * Which network of the site a network of a manifest means: one of exactly that name that the owner may use, his own before others'; else one is made for the
 * service, {@code <service>-<network>}, isolated, or with {@code rsrvr:public="true"} one that reaches out by NAT. What was made goes with
 * the service.
 */
final class ServiceNetworks {
    /** So many are tried besides the first: after that, others have to make room. */
    private static final int MOST_SUBNETS = 100;

    private final ServiceRecords records;
    private final Vmi vmi;
    private final ServiceSettings settings;

    ServiceNetworks(ServiceRecords records, Vmi vmi, ServiceSettings settings) {
        this.records = records;
        this.vmi = vmi;
        this.settings = settings;
    }

    /** All networks that the manifest's components are on, found or made. */
    Map<String, KeptService.KeptNetwork> ensure(KeptService service) {
        var networks = new HashMap<>(service.networks());
        var wanted = used(service.manifest());
        if (networks.keySet().containsAll(wanted)) {
            return networks;
        }
        var visible = visible(vmi, service.owner());
        for (var name : wanted) {
            if (!networks.containsKey(name)) {
                var kept = find(service, name, visible).orElseGet(() -> make(service, name, wanted.indexOf(name)));
                records.keepNetwork(service.id(), name, kept);
                networks.put(name, kept);
            }
        }
        return networks;
    }

    static List<String> used(Manifest manifest) {
        return manifest.components().stream().flatMap(c -> c.nics().stream()).flatMap(nic -> nic.network().stream()).distinct().toList();
    }

    /** @param toBeMade names of the manifest's networks that the site does not have @param local those that join, or would join, one host only */
    record Foreseen(List<String> toBeMade, Set<String> local) {}

    /** What {@link #ensure} would come to for a service that the caller submits. */
    Foreseen foreseen(Caller caller, Manifest manifest) {
        var visible = visible(vmi, caller);
        var there = used(manifest).stream().flatMap(name -> named(name, caller, visible).stream()).toList();
        var toBeMade = used(manifest).stream().filter(name -> there.stream().noneMatch(network -> network.name().equals(name))).toList();
        var local = there.stream().filter(network -> !network.spec().joinsHosts()).map(Network::name);
        return new Foreseen(toBeMade, Stream.concat(local, toBeMade.stream().filter(_ -> !settings.overlay())).collect(Collectors.toSet()));
    }

    /** Names of the manifest's networks that join one host only, as the service has them. @param visible all that its owner sees */
    Set<String> local(KeptService service, List<Network> visible) {
        var joining = visible.stream().collect(Collectors.toMap(Network::id, network -> network.spec().joinsHosts()));
        return used(service.manifest()).stream().filter(name -> !Optional.ofNullable(service.networks().get(name)).map(kept -> joining.get(kept.id())).orElse(settings.overlay())).collect(Collectors.toSet());
    }

    private static Optional<Network> named(String name, Caller owner, List<Network> visible) {
        return visible.stream().filter(n -> n.name().equals(name)).min(Comparator.comparing(n -> !n.ownership().user().equals(owner.user())));
    }

    static List<Network> visible(Vmi vmi, Caller caller) {
        return vmi.networks().networks(caller, Page.Request.ALL).items();
    }

    /** One of our own name and owner was made by a turn that was cut off before it could say so. */
    private static Optional<KeptService.KeptNetwork> find(KeptService service, String name, List<Network> visible) {
        var own = Identity.network(service.name(), name);
        return visible.stream().filter(n -> n.name().equals(own) && n.ownership().user().equals(service.owner().user())).findFirst()
                .map(n -> new KeptService.KeptNetwork(n.id(), true))
                .or(() -> named(name, service.owner(), visible).map(n -> new KeptService.KeptNetwork(n.id(), false)));
    }

    private KeptService.KeptNetwork make(KeptService service, String name, int ordinal) {
        for (int attempt = 0; ; attempt++) {
            try {
                return new KeptService.KeptNetwork(vmi.networks().create(service.owner(), spec(service, name, Subnets.of(settings.subnets(), service.id(), ordinal, attempt))).id(), true);
            } catch (Refused refused) {
                if (!refused.code().equals("SUBNET_TAKEN") || attempt == MOST_SUBNETS) {
                    throw refused;
                }
            }
        }
    }

    private NetworkSpec spec(KeptService service, String name, String subnet) {
        boolean open = service.manifest().networks().stream().anyMatch(n -> n.name().equals(name) && n.open());
        return new NetworkSpec(Identity.network(service.name(), name), open ? "nat" : "isolated", Optional.empty(), List.of(NetworkSpec.Range.of(subnet)), List.of(), true,
                settings.overlay(), 0, true);
    }

    /** Deletes what was made. @return what went wrong, to be tried again; in the end a network that others are on is left to them */
    Optional<Attempt> clear(KeptService service, Instant now) {
        var trouble = Optional.<Attempt>empty();
        for (var network : service.networks().values()) {
            try {
                if (network.made()) {
                    vmi.networks().delete(service.owner(), network.id());
                }
            } catch (Refused refused) {
                if (refused.kind() != Refused.Kind.NOT_FOUND) {
                    trouble = Optional.of(Attempt.after(service.clearing(), Attempt.Aim.END, now, refused.getMessage(), false));
                }
            }
        }
        return trouble;
    }
}
