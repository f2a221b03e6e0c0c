package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.delete;
import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.post;

import java.io.IOException;
import java.util.List;

import org.reservoir.gateways.BordersView;
import org.reservoir.gateways.Ports;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;

/** Borders of services' measurements over REST, for administrators. */
final class BorderRoutes {
    private static final String BORDERS = "/api/monitoring/v1/borders";
    private static final String OF_SERVICE = BORDERS + "/{service}";

    private final BordersView borders;
    private final Ports ports;
    private final Names names;

    BorderRoutes(BordersView borders, Ports ports, Names names) {
        this.borders = borders;
        this.ports = ports;
        this.names = names;
    }

    List<Route> routes() {
        return List.of(
                get(BORDERS, "border.list", "Lists where measurements of services cross between this site and others.", x -> SiteRoutes.forAdministrator(x, borders::borders))
                        .answers(new Shape.Many(BordersView.Border.class)),
                post(OF_SERVICE + "/out", "border.open", "Has a service's measurements cross to a peer; hosts' never do.", this::open).takes(BordersView.Opening.class),
                delete(OF_SERVICE + "/out/{peer}", "border.close", "Ends that.", x -> {
                    borders.close(by(x), service(x), x.path("peer"));
                    return Answer.NOTHING;
                }),
                post(OF_SERVICE + "/in", "border.admit", "Lets a service's measurements in from a peer; the key for it is shown this once.", this::admit).takes(BordersView.Admitting.class)
                        .answers(BordersView.Admitted.class),
                delete(OF_SERVICE + "/in/{peer}", "border.dismiss", "Lets them in no more.", x -> {
                    borders.dismiss(by(x), service(x), x.path("peer"));
                    return Answer.NOTHING;
                }));
    }

    private Answer open(Exchange x) throws IOException {
        borders.open(by(x), service(x), x.body(BordersView.Opening.class));
        return Answer.NOTHING;
    }

    private Answer admit(Exchange x) throws IOException {
        return Answer.of(borders.admit(by(x), service(x), x.body(BordersView.Admitting.class).peer()));
    }

    private static String by(Exchange x) {
        SiteRoutes.requireAdministrator(x);
        return x.caller().user().toString();
    }

    private ServiceId service(Exchange x) {
        var name = x.path("service");
        return ports.services().map(services -> names.service(services, x.caller(), name))
                .orElseThrow(() -> Refused.notFound("SERVICE_NOT_FOUND", "There is no service %s.".formatted(name), ""));
    }
}
