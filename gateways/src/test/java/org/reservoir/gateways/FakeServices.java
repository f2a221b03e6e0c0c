package org.reservoir.gateways;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

import org.reservoir.interfaces.smi.Decision;
import org.reservoir.interfaces.smi.Finding;
import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.smi.ServicePlan;
import org.reservoir.interfaces.smi.ServiceRequest;
import org.reservoir.interfaces.smi.Services;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;

/** Services in memory: one component {@code web} each, as many replicas as wanted, at once. */
public final class FakeServices implements Services {
    private final TreeMap<Long, Service> services = new TreeMap<>();
    private final TreeMap<Long, byte[]> manifests = new TreeMap<>();

    @Override
    public List<Finding> check(byte[] manifest) {
        return new String(manifest, java.nio.charset.StandardCharsets.UTF_8).contains("<Envelope")
                ? List.of(new Finding(Finding.Severity.NOTE, "OVF_NO_RULES", "No elasticity rules.", "Envelope", 1, ""))
                : List.of(new Finding(Finding.Severity.ERROR, "OVF_NOT_XML", "This is no OVF envelope.", "", 1, "Hand in an OVF descriptor."));
    }

    @Override
    public ServicePlan plan(Caller caller, ServiceRequest request) {
        var one = new ServicePlan.Demanded(1, new Capacity(Cpus.of(1), DataSize.mebibytes(64), DataSize.ZERO), Optional.of("0.01 EUR"));
        return new ServicePlan(List.of(new ServicePlan.Step(1, "web", "1 VEE")), check(request.manifest()), one, one, one, Optional.empty());
    }

    @Override
    public synchronized Service submit(Caller caller, ServiceRequest request) {
        if (check(request.manifest()).getFirst().severity() == Finding.Severity.ERROR) {
            throw Refused.invalid("MANIFEST_INVALID", "This is no OVF envelope.", "See 'reservoir service check'.");
        }
        var id = new ServiceId(services.size() + 1);
        manifests.put(id.value(), request.manifest());
        return keep(new Service(id, request.name(), Ownership.privateTo(caller), Service.State.RUNNING, List.of(component(1, true)), Optional.empty(), FakeVmi.NOW, FakeVmi.NOW));
    }

    private static Service.Component component(int replicas, boolean inForce) {
        return new Service.Component("web", 1, 1, 4, replicas, replicas, List.of(new Service.Replica(0, new VeeId(1), "RUNNING", true, Optional.of("10.0.0.11"))),
                List.of("when load > 1 add 1"), inForce);
    }

    private Service keep(Service service) {
        services.put(service.id().value(), service);
        return service;
    }

    @Override
    public synchronized Service service(Caller caller, ServiceId service) {
        return Optional.ofNullable(services.get(service.value())).filter(found -> found.ownership().allows(caller, Right.USE))
                .orElseThrow(() -> Refused.notFound("SERVICE_NOT_FOUND", "There is no %s.".formatted(service), "See 'reservoir service list'."));
    }

    @Override
    public synchronized Page<Service> services(Caller caller, Page.Request page) {
        return new Page<>(services.values().stream().filter(service -> service.ownership().allows(caller, Right.USE)).toList(), Optional.empty());
    }

    @Override
    public synchronized Service scale(Caller caller, ServiceId id, String component, int replicas) {
        var old = service(caller, id);
        if (replicas < 1 || replicas > 4) {
            throw Refused.invalid("OUT_OF_BOUNDS", "web has 1 to 4 replicas, not %d.".formatted(replicas), "");
        }
        return keep(new Service(id, old.name(), old.ownership(), old.state(), List.of(component(replicas, true)), Optional.empty(), old.created(), FakeVmi.NOW));
    }

    @Override
    public synchronized Service undeploy(Caller caller, ServiceId id) {
        var old = service(caller, id);
        return keep(new Service(id, old.name(), old.ownership(), Service.State.UNDEPLOYED, List.of(), Optional.empty(), old.created(), FakeVmi.NOW));
    }

    @Override
    public synchronized Service retry(Caller caller, ServiceId service) {
        throw Refused.conflict("WRONG_STATE", "%s has not failed.".formatted(service(caller, service).id()), "");
    }

    @Override
    public synchronized Service rules(Caller caller, ServiceId id, String component, boolean inForce) {
        var old = service(caller, id);
        return keep(new Service(id, old.name(), old.ownership(), old.state(), List.of(component(1, inForce)), Optional.empty(), old.created(), FakeVmi.NOW));
    }

    @Override
    public synchronized Page<Decision> decisions(Caller caller, ServiceId service, Page.Request page) {
        service(caller, service);
        return new Page<>(List.of(new Decision(FakeVmi.NOW, "web", "grow", 1, 2, true, java.util.Map.of("load", "1.5"), "load 1.5 > 1")), Optional.empty());
    }

    @Override
    public synchronized byte[] manifest(Caller caller, ServiceId service) {
        return manifests.get(service(caller, service).id().value());
    }
}
