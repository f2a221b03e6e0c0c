package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.get;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.reservoir.gateways.Ports;
import org.reservoir.gateways.SiteAdmin;
import org.reservoir.interfaces.Wire;
import org.reservoir.kernel.Refused;

/** What operators and tools ask before anything else: health, metrics, and the description of all routes. */
final class OpenRoutes {
    private final RestOptions options;
    private final Ports ports;
    private final Metrics metrics;
    /** All routes, these too. */
    private final List<Route> all;
    private byte[] description = {};

    OpenRoutes(RestOptions options, Ports ports, Metrics metrics, List<Route> all) {
        this.options = options;
        this.ports = ports;
        this.metrics = metrics;
        this.all = all;
    }

    record Health(String status) {}

    List<Route> routes() {
        return List.of(
                get("/health", "health", "Whether the site server can answer requests now.", _ -> ready()).by(Route.Who.ANYONE).answers(Health.class),
                get("/health/ready", "health.ready", "The same.", _ -> ready()).by(Route.Who.ANYONE).answers(Health.class),
                get("/health/live", "health.live", "Whether the site server lives.", _ -> Answer.of(new Health("live"))).by(Route.Who.ANYONE).answers(Health.class),
                get("/metrics", "metrics", "Figures of the site server in Prometheus' text format.", this::metrics)
                        .by(options.openMetrics() ? Route.Who.ANYONE : Route.Who.CALLER).answers(new Shape.Raw(Metrics.MEDIA_TYPE)),
                get("/openapi.json", "openapi", "This description.", _ -> new Answer.Bytes("application/json", description())).by(Route.Who.ANYONE)
                        .answers(Shape.of(Map.class)));
    }

    /** Made at the first request: most servers are never asked. */
    private synchronized byte[] description() {
        if (description.length == 0) {
            description = Wire.write(OpenApi.of(all)).getBytes(StandardCharsets.UTF_8);
        }
        return description;
    }

    private Answer ready() {
        if (!ports.site().map(SiteAdmin::ready).orElse(true)) {
            throw Refused.unavailable("NOT_READY", "The site's database does not answer now.", "Try again in a moment.");
        }
        return Answer.of(new Health("ready"));
    }

    private Answer metrics(Exchange x) throws IOException {
        if (!options.openMetrics() && !x.caller().administrator()) {
            throw Refused.forbidden("ADMINISTRATORS_ONLY", "Only administrators may read metrics.", "");
        }
        return new Answer.Bytes(Metrics.MEDIA_TYPE, metrics.text());
    }
}
