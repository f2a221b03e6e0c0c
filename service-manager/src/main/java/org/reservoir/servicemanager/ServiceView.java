package org.reservoir.servicemanager;

import java.util.Comparator;
import java.util.List;

import org.reservoir.interfaces.smi.Service;

/** A kept service and its VEEs, as its provider sees them. */
final class ServiceView {
    private ServiceView() {}

    static Service of(KeptService service, List<Seen> seen) {
        var components = service.components().stream().map(component -> component(service, component, seen)).toList();
        return new Service(service.id(), service.name(), service.ownership(), service.state(), components, service.problem(), service.created(), service.changed());
    }

    private static Service.Component component(KeptService service, KeptService.KeptComponent component, List<Seen> seen) {
        var replicas = seen.stream().filter(vee -> vee.component().equals(component.name()) && !vee.gone()).sorted(Comparator.comparingInt(Seen::replica))
                .map(vee -> new Service.Replica(vee.replica(), vee.vee(), vee.state().name(), vee.ready(), vee.address())).toList();
        int ready = (int) replicas.stream().filter(Service.Replica::ready).count();
        return new Service.Component(component.name(), component.order(), component.least(), component.most(), component.wanted(), ready, replicas,
                service.rules(component.name()).stream().map(ElasticRule::text).toList(), component.inForce());
    }
}
