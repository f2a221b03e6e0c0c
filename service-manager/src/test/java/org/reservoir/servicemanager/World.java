package org.reservoir.servicemanager;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.smi.ServiceRequest;
import org.reservoir.interfaces.smi.Services;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.kernel.ServiceId;

/** A Service Manager over a fake site, at a time of the test's own, with KPIs that the test sets. */
final class World {
    static final Instant START = Instant.parse("2026-01-01T12:00:00Z");

    final FakeSite site = new FakeSite(START);
    final ServiceRecords records;
    final Map<String, Window> kpis = new HashMap<>();
    final Services services;
    Reconciler reconciler;
    ElasticityLoop elasticity;

    World() {
        this(new RememberedRecords());
    }

    World(ServiceRecords records) {
        this.records = records;
        site.images.add("reservoir-guest");
        services = new ServiceDesk(records, site, HourlyPrice.UNKNOWN, ServiceSettings.DEFAULT, site::now);
        restart();
    }

    /** What was only in memory is gone. */
    void restart() {
        reconciler = new Reconciler(records, site, ServiceSettings.DEFAULT);
        elasticity = new ElasticityLoop(records, (_, _, kpi, _, _) -> kpis.getOrDefault(kpi, Window.EMPTY));
    }

    ServiceId submit(String name, byte[] manifest) {
        return services.submit(FakeSite.ANNA, new ServiceRequest(name, manifest, Map.of())).id();
    }

    Service service(ServiceId id) {
        return services.service(FakeSite.ANNA, id);
    }

    /** Turns and time, until nothing is left to do; everything the site was asked for succeeds. */
    Service settle(ServiceId id) {
        for (int i = 0; i < 40; i++) {
            turn(id);
            site.settle(Duration.ofSeconds(2));
        }
        turn(id);
        return service(id);
    }

    void turn(ServiceId id) {
        reconciler.turn(id, site.now());
    }

    /** Whether the component ever had as many VEEs ready as it first wanted; told by the site, not by the records. */
    boolean made(String component) {
        return site.everReady(component);
    }

    List<String> replicas() {
        return site.living().stream().map(World::replica).sorted().toList();
    }

    static String replica(Vee vee) {
        return vee.spec().tags().get(VeeChanged.COMPONENT_TAG) + "/" + vee.spec().tags().get(Seen.REPLICA_TAG);
    }
}
