package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.create;
import static org.reservoir.gateways.rest.Route.get;

import java.util.List;
import java.util.function.Supplier;

import org.reservoir.gateways.SiteAdmin;
import org.reservoir.kernel.Refused;

/** The site as a whole, for administrators. */
final class SiteRoutes {
    private final SiteAdmin site;

    SiteRoutes(SiteAdmin site) {
        this.site = site;
    }

    List<Route> routes() {
        return List.of(
                get("/api/site/v1/status", "site.status", "How the site is.", x -> forAdministrator(x, site::status)).answers(SiteAdmin.Status.class),
                create("/api/site/v1/backups", "site.backup", "Writes all that must not be lost into a new file on the site server.", x -> forAdministrator(x, site::backup))
                        .answers(SiteAdmin.Backup.class));
    }

    static Answer forAdministrator(Exchange x, Supplier<Object> work) {
        requireAdministrator(x);
        return Answer.of(work.get());
    }

    static void requireAdministrator(Exchange x) {
        if (!x.caller().administrator()) {
            throw Refused.forbidden("ADMINISTRATORS_ONLY", "Only administrators may do this.", "");
        }
    }
}
