package org.reservoir.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.kinds.HostKinds;
import org.reservoir.monitoring.kinds.ScrapeKind;
import org.reservoir.monitoring.kinds.ScriptKind;
import org.reservoir.monitoring.kinds.TestSignal;
import org.reservoir.monitoring.plane.Audit;
import org.reservoir.monitoring.plane.Kinds;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.plane.Station;
import org.reservoir.monitoring.plane.Wanted;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Outlet;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.SourceInfo;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.wire.KeptOrders;
import org.reservoir.monitoring.wire.UdpOrders;
import org.reservoir.monitoring.wire.VoiceKey;

/**
 * Probes of one host: measures, sends to one site, takes orders from it. Decides nothing; the site says what is measured, how
 * often, and what of it is sent.
 */
public final class Agent implements AutoCloseable {
    private static final String BUILT_IN = "built in";
    /** What is measured when nothing else is said, and how often. */
    private static final List<String> USUAL = List.of("host.cpu", "host.memory", "host.net", "host.disk", "host.pressure");
    private static final Duration USUAL_PERIOD = Duration.ofSeconds(5);

    private final Station station;
    private final KeptOrders kept;
    private final Way.Opened way;
    private final Optional<UdpOrders> orders;
    private final Thread loop;

    /**
     * How an agent is run.
     *
     * @param host    as the site calls the host
     * @param way     how measurements go to the site
     * @param key     the agent's own, which the site gave out
     * @param listen  where orders are heard; empty for nowhere
     * @param scripts folder of the programs that may be run as probes
     * @param orders  file in which the site's orders are kept, so that they hold after a restart
     */
    public record Settings(HostId host, String name, Way way, VoiceKey key, Optional<InetSocketAddress> listen, Path scripts, Path orders) {}

    /** The line to the site as a place that orders may name: it is closed with the agent and not with a subscription. */
    private record Site(Outlet line) implements Outlet {
        @Override
        public void take(StreamInfo stream, long sequence, Row row) {
            line.take(stream, sequence, row);
        }

        @Override
        public void tell(StreamInfo stream, StreamState state, String why) {
            line.tell(stream, state, why);
        }

        @Override
        public void tell(StreamInfo stream, StreamState state, String why, long sequence) {
            line.tell(stream, state, why, sequence);
        }

        @Override
        public void alive(SourceId source) {
            line.alive(source);
        }

        @Override
        public void alive(SourceInfo source) {
            line.alive(source);
        }

        @Override
        public Outlet line() {
            return line;
        }
    }

    /** @throws Refused {@code PORT_TAKEN}, {@code NO_ROUTE}, {@code ORDERS_UNUSABLE} */
    public Agent(Settings settings) {
        var id = settings.key().source();
        var kinds = new Kinds();
        HostKinds.all().forEach(kind -> kinds.offer(kind, BUILT_IN));
        kinds.offer(new ScriptKind(settings.scripts()), BUILT_IN);
        kinds.offer(new ScrapeKind(), BUILT_IN);
        kinds.offer(TestSignal.kind(), BUILT_IN);
        kept = KeptOrders.open(settings.orders());
        way = settings.way().open(id, settings.key());
        station = new Station(id, settings.name(), kinds, new Station.Ports(this::place, kept, audit()), now());
        orders = settings.listen().map(at -> new UdpOrders(at, settings.key().secret(), station));
        station.source().introduce(settings.name(), Optional.of(settings.host()), orders.map(Agent::address).orElse(""));
        loop = Thread.ofPlatform().name("probes").unstarted(this::run);
        USUAL.forEach(kind -> usual(kind, settings.host()));
        add(new Wanted("hosts." + settings.host() + ".agent", "process", Map.of("as", "host.agent"), Subject.of(settings.host()), Labels.NONE,
                ProbeSettings.every(USUAL_PERIOD.multipliedBy(2))));
    }

    /** For others: where it hears on all addresses, the host's name is told. */
    private static String address(UdpOrders orders) {
        try {
            var at = orders.address();
            return (at.getAddress().isAnyLocalAddress() ? InetAddress.getLocalHost().getHostName() : at.getAddress().getHostAddress()) + ":" + at.getPort();
        } catch (IOException e) {
            throw Refused.unavailable("PORT_TAKEN", "Where orders are heard cannot be told: %s".formatted(e.getMessage()), "");
        }
    }

    private Outlet place(String to) {
        if (to.equals("site")) {
            return new Site(way.outlet());
        }
        throw Refused.notFound("NO_SUCH_PLACE", "An agent cannot send to '%s'.".formatted(to), "It sends to 'site'.");
    }

    private static Audit audit() {
        return (by, _, order, answer) -> System.getLogger(Agent.class.getName()).log(System.Logger.Level.DEBUG, "{0} ordered {1}: {2}", by, order, answer);
    }

    /** What this kernel does not tell is left out. */
    private void usual(String kind, HostId host) {
        try {
            add(Wanted.of("hosts.%s.%s".formatted(host, kind.substring("host.".length())), kind, Subject.of(host), ProbeSettings.every(USUAL_PERIOD)));
        } catch (Refused refused) {
            System.getLogger(Agent.class.getName()).log(System.Logger.Level.INFO, "not measured: {0}", refused.getMessage());
        }
    }

    /** A probe that comes with the agent's own configuration; not when an order has removed it. @throws Refused as {@link Station#apply} answers */
    void add(Wanted probe) {
        if (kept.isRemoved(probe.name())) {
            System.getLogger(Agent.class.getName()).log(System.Logger.Level.INFO, "{0} is not measured: it was removed by an order; ''reservoir probe add'' brings it back", probe.name());
            return;
        }
        station.apply(new Order.Add(probe), "the agent's configuration").orThrow();
    }

    void start() {
        station.source().subscribe(Interest.ALL, way.outlet());
        loop.start();
    }

    /** Where orders are heard; empty for nowhere. */
    Optional<InetSocketAddress> ordersAt() throws IOException {
        return orders.isPresent() ? Optional.of(orders.get().address()) : Optional.empty();
    }

    Station station() {
        return station;
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                station.turn(now(), System.currentTimeMillis());
                station.rest();
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException trouble) { // the loop's edge: what is wrong with one probe is told with it, anything else is a defect that must not end the rest
                System.getLogger(Agent.class.getName()).log(System.Logger.Level.WARNING, "probes cannot be turned", trouble);
            }
        }
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    @Override
    public void close() throws IOException {
        loop.interrupt();
        if (orders.isPresent()) {
            orders.get().close();
        }
        station.close();
        kept.close();
        way.close();
    }
}
