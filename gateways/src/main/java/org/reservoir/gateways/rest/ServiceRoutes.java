package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.act;
import static org.reservoir.gateways.rest.Route.create;
import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.post;
import static org.reservoir.gateways.rest.Route.put;

import java.io.IOException;
import java.util.List;

import org.reservoir.interfaces.smi.Decision;
import org.reservoir.interfaces.smi.Finding;
import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.smi.ServicePlan;
import org.reservoir.interfaces.smi.ServiceRequest;
import org.reservoir.interfaces.smi.Services;
import org.reservoir.kernel.ServiceId;

/** SMI over REST. */
final class ServiceRoutes {
    static final String SERVICES = "/api/sm/v1/services";
    private static final String SERVICE = SERVICES + "/{service}";
    private static final String COMPONENT = SERVICE + "/components/{component}";
    private static final long MANIFEST_LIMIT = 24 << 20;

    private final Services services;
    private final Names names;

    ServiceRoutes(Services services, Names names) {
        this.services = services;
        this.names = names;
    }

    record Replicas(int replicas) {}

    record RulesInForce(boolean inForce) {}

    List<Route> routes() {
        return List.of(
                get(SERVICES, "service.list", "Lists services that the caller may see.", x -> x.paged(services.services(x.caller(), x.page()))).pages(Service.class),
                create(SERVICES, "service.submit", "Brings a manifest (OVF, in base64) to life, if it can be given what it promises.", this::submit)
                        .takes(ServiceRequest.class).upTo(MANIFEST_LIMIT).answers(Service.class),
                post(SERVICES + "/plan", "service.plan", "What a submission would do; changes nothing.",
                        x -> Answer.of(services.plan(x.caller(), x.body(ServiceRequest.class)))).takes(ServiceRequest.class).upTo(MANIFEST_LIMIT)
                        .answers(ServicePlan.class),
                post(SERVICES + "/check", "service.check", "What is wrong or doubtful with a manifest; changes nothing.",
                        x -> Answer.of(services.check(x.bytes()))).takes(new Shape.Raw("application/xml")).upTo(MANIFEST_LIMIT)
                        .answers(new Shape.Many(Finding.class)),
                get(SERVICE, "service.show", "Shows a service, its components and replicas.", x -> Answer.of(services.service(x.caller(), service(x))))
                        .answers(Service.class),
                get(SERVICE + "/manifest", "service.manifest", "The manifest as it was handed in.",
                        x -> new Answer.Bytes("application/xml", services.manifest(x.caller(), service(x)))).answers(new Shape.Raw("application/xml")),
                get(SERVICE + "/decisions", "service.decisions", "What its rules decided and why, newest first.",
                        x -> x.paged(services.decisions(x.caller(), service(x), x.page()))).pages(Decision.class),
                act(COMPONENT + "/scale", "service.scale", "Sets the wanted number of replicas of a component.", this::scale).takes(Replicas.class)
                        .answers(Service.class),
                put(COMPONENT + "/rules", "service.rules", "Puts a component's elasticity rules in force, or lets them only be noted.", this::rules)
                        .takes(RulesInForce.class).answers(Service.class),
                act(SERVICE + "/actions/retry", "service.retry", "Gets a failed service going: the failed step again.",
                        x -> Answer.of(services.retry(x.caller(), service(x)))).answers(Service.class),
                act(SERVICE + "/actions/undeploy", "service.undeploy", "Ends all its VEEs in reverse startup order.",
                        x -> Answer.of(services.undeploy(x.caller(), service(x)))).answers(Service.class));
    }

    private ServiceId service(Exchange x) {
        return names.service(services, x.caller(), x.path("service"));
    }

    private Answer submit(Exchange x) throws IOException {
        var service = services.submit(x.caller(), x.body(ServiceRequest.class));
        return Answer.created(service, SERVICES + "/" + service.id());
    }

    private Answer scale(Exchange x) throws IOException {
        return Answer.of(services.scale(x.caller(), service(x), x.path("component"), x.body(Replicas.class).replicas()));
    }

    private Answer rules(Exchange x) throws IOException {
        return Answer.of(services.rules(x.caller(), service(x), x.path("component"), x.body(RulesInForce.class).inForce()));
    }
}
