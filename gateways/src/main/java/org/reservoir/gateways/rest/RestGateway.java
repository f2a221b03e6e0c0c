package org.reservoir.gateways.rest;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.reservoir.gateways.Ports;
import org.reservoir.kernel.Refused;

/**
 * The REST gateway of a site server: an HTTP server that answers for what its {@link Ports} hold. Each request has a virtual thread of
 * its own. A client that sends nothing, drips its headers or opens too many connections is let go.
 */
public final class RestGateway implements AutoCloseable {
    private static final long IDLE_MS = 60_000;
    private static final long STOP_MS = 5_000;

    private final Server server = new Server(new VirtualThreadPool(1_000));
    private final ServerConnector connector;
    private final RestOptions options;
    private final Metrics metrics;
    private final List<AutoCloseable> parts = new ArrayList<>();

    /** @throws Refused {@code PLAIN_HTTP}, {@code BAD_CERTIFICATE} */
    public RestGateway(RestOptions options, Ports ports, Metrics metrics) {
        options.check();
        this.options = options;
        this.metrics = metrics;
        ports.site().ifPresent(site -> metrics.also(() -> SiteFigures.text(site)));
        connector = connector();
        server.addConnector(connector);
        var guard = new ConnectionGuard(options.connectionsPerAddress(), options.patience());
        parts.add(guard);
        connector.addBean(guard);
        server.setErrorHandler(new ErrorProblems());
        server.setHandler(new GracefulHandler(new RequestHandler(new Router(routes(ports)), ports.access(), new Idempotency(ports.repeats()), metrics, options.patience())));
        server.setStopTimeout(STOP_MS);
    }

    /** All that is offered with these ports. */
    private List<Route> routes(Ports ports) {
        var names = new Names(ports.vmi());
        var streams = new OpenStreams(options.eventStreams());
        var routes = new ArrayList<Route>();
        routes.addAll(new VeeRoutes(ports.vmi(), ports.services(), names).routes());
        routes.addAll(new ConsoleRoutes(ports.vmi().hosts(), names).routes());
        routes.addAll(new ImageRoutes(ports.vmi().images(), names).routes());
        routes.addAll(new NetworkRoutes(ports.vmi().networks(), names).routes());
        routes.addAll(new SecurityGroupRoutes(ports.vmi().networks(), names).routes());
        routes.addAll(new TemplateRoutes(ports.vmi().templates(), names).routes());
        routes.addAll(new LeaseRoutes(ports.vmi().leases(), names).routes());
        routes.addAll(new HostRoutes(ports.vmi().hosts(), names).routes());
        routes.addAll(new PlacementRoutes(ports.vmi().placements()).routes());
        routes.addAll(new LicenceRoutes(ports.vmi().licences()).routes());
        routes.addAll(new AccessRoutes(ports.access()).routes());
        ports.services().ifPresent(services -> routes.addAll(new ServiceRoutes(services, names).routes()));
        ports.measurements().ifPresent(measurements -> {
            routes.addAll(new MonitoringRoutes(measurements, new Subjects(ports, names)).routes());
            routes.add(ending(new MeasurementStreams(measurements, new Subjects(ports, names), ports.access(), streams)).route());
        });
        ports.probes().ifPresent(probes -> routes.addAll(new ProbeRoutes(probes, ports, names).routes()));
        ports.agents().ifPresent(agents -> routes.addAll(new AgentRoutes(agents, new Subjects(ports, names)).routes()));
        ports.borders().ifPresent(borders -> routes.addAll(new BorderRoutes(borders, ports, names).routes()));
        ports.history().ifPresent(history -> routes.addAll(new HistoryRoutes(history, new Subjects(ports, names)).routes()));
        ports.queries().ifPresent(queries -> routes.addAll(new PromRoutes(queries).routes()));
        ports.alarms().ifPresent(alarms -> routes.addAll(new AlarmRoutes(alarms, new Subjects(ports, names)).routes()));
        ports.guests().ifPresent(voice -> routes.addAll(new GuestRoutes(voice).routes()));
        ports.statements().ifPresent(statements -> routes.addAll(new AccountingRoutes(statements, ports, names).routes()));
        ports.site().ifPresent(site -> routes.addAll(new SiteRoutes(site).routes()));
        ports.plugins().ifPresent(plugins -> routes.addAll(new PluginRoutes(plugins).routes()));
        ports.events().ifPresent(events -> routes.addAll(new EventRoutes(ending(new EventTail(events)), new Subjects(ports, names), ports.access(), streams).routes()));
        routes.addAll(new OpenRoutes(options, ports, metrics, routes).routes());
        return routes;
    }

    /** It ends before the server does. */
    private <T extends AutoCloseable> T ending(T part) {
        parts.add(part);
        return part;
    }

    private ServerConnector connector() {
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.setRequestHeaderSize(16 << 10);
        var plain = new HttpConnectionFactory(http);
        var made = options.tls().map(tls -> {
            http.addCustomizer(new SecureRequestCustomizer(false));
            var ssl = new SslContextFactory.Server();
            ssl.setKeyStore(Certificates.read(tls));
            ssl.setKeyStorePassword(Certificates.PASSWORD);
            return new ServerConnector(server, new SslConnectionFactory(ssl, "http/1.1"), plain);
        }).orElseGet(() -> new ServerConnector(server, plain));
        made.setHost(options.address());
        made.setPort(options.port());
        made.setIdleTimeout(IDLE_MS);
        made.setAcceptQueueSize(1_024);
        return made;
    }

    /** Begins to listen; from then on {@link #uri()} is known. */
    public RestGateway start() {
        try {
            server.start();
            return this;
        } catch (Exception e) {
            throw Refused.unavailable("CANNOT_LISTEN", "Cannot listen on %s port %d: %s.".formatted(options.address(), options.port(), e.getMessage()),
                    "Choose another port, or end what listens there.");
        }
    }

    /** Where it listens. */
    public URI uri() {
        return URI.create("%s://%s:%d".formatted(options.tls().isPresent() ? "https" : "http", options.address(), connector.getLocalPort()));
    }

    public Metrics metrics() {
        return metrics;
    }

    /** Takes no more requests, gives those under way some seconds, and stops. */
    @Override
    public void close() {
        try {
            for (var part : parts) {
                part.close();
            }
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("cannot stop the REST gateway", e);
        }
    }
}
