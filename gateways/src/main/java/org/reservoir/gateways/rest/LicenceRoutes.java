package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.delete;
import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.put;

import java.util.List;

import org.reservoir.interfaces.vmi.Licence;
import org.reservoir.interfaces.vmi.Licences;

/** Licences and their seats over REST, for infrastructure administrators. */
final class LicenceRoutes {
    private static final String LICENCES = "/api/placement/v1/licences";
    private static final String LICENCE = LICENCES + "/{licence}";
    private static final String NAME = "licence";

    private final Licences licences;

    LicenceRoutes(Licences licences) {
        this.licences = licences;
    }

    List<Route> routes() {
        return List.of(
                get(LICENCES, "licence.list", "Shows the licences of the site, and who has their seats.", x -> Answer.of(licences.licences(x.caller()))).answers(new Shape.Many(Licence.class)),
                put(LICENCES, "licence.set", "Says how many seats of a licence there are; in force at the next decision.", x -> Answer.of(licences.set(x.caller(), x.body(Licence.Terms.class))))
                        .takes(Licence.Terms.class).answers(Licence.class),
                get(LICENCE, "licence.show", "Shows a licence, and who has its seats.", x -> Answer.of(licences.licence(x.caller(), x.path(NAME)))).answers(Licence.class),
                delete(LICENCE, "licence.remove", "Takes away a licence that no VEE asks for.", this::remove));
    }

    private Answer remove(Exchange x) {
        licences.remove(x.caller(), x.path(NAME));
        return Answer.NOTHING;
    }
}
