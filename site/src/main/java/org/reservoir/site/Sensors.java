package org.reservoir.site;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.plane.Audit;
import org.reservoir.monitoring.plane.Controlled;
import org.reservoir.monitoring.plane.Kinds;
import org.reservoir.monitoring.plane.Memory;
import org.reservoir.monitoring.plane.Station;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Outlet;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.SourceInfo;
import org.reservoir.monitoring.wire.Collector;
import org.reservoir.monitoring.wire.Spool;
import org.reservoir.kernel.Refused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this server measures and hears: its station of probes, the collector that hears them and others, and the thread that turns both. */
final class Sensors implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sensors.class);
    private static final long JUDGED = Duration.ofSeconds(1).toMillis();
    /** Where probes are heard when nothing else is said. */
    private static final String HERE = "here";

    private final Kinds kinds = new Kinds();
    private final Collector collector;
    private final Outlet here;
    private final Station station;
    private final InstantSource clock;
    private final Thread loop = Thread.ofPlatform().daemon().name("probes").unstarted(this::run);
    private Optional<AgentLink> agents = Optional.empty();
    private long judged;

    Sensors(String server, Listener listener, Spool inbox, Memory memory, Audit audit, InstantSource clock) {
        this.clock = clock;
        this.collector = new Collector(listener, Sensors::now);
        this.station = new Station(new SourceId(new SecureRandom().nextLong()), server, kinds, new Station.Ports(this::place, memory, audit), now());
        here = collector.keeping(inbox);
        station.source().subscribe(Interest.ALL, here);
    }

    /** Kinds of probes may be offered at any time. */
    Kinds kinds() {
        return kinds;
    }

    Station station() {
        return station;
    }

    Collector collector() {
        return collector;
    }

    /** Hears agents from now on, and gives them orders. */
    void hear(AgentLink link) {
        agents = Optional.of(link);
    }

    Optional<AgentLink> agents() {
        return agents;
    }

    /** How a source in another process is given orders, where it can be. */
    Optional<Controlled> elsewhere(SourceInfo source) {
        return agents.flatMap(link -> link.controlled(source));
    }

    void start() {
        loop.start();
    }

    private Outlet place(String to) {
        if (to.equals(HERE)) {
            return here;
        }
        throw Refused.notFound("NO_SUCH_PLACE", "This source cannot send to '%s'.".formatted(to), "It sends to '%s'.".formatted(HERE));
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                turn();
                station.rest();
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException trouble) {
                LOG.warn("probes cannot be turned: {}", trouble.toString());
            }
        }
    }

    private void turn() {
        long now = now();
        station.turn(now, clock.millis());
        if (now - judged >= JUDGED) {
            judged = now;
            collector.turn();
        }
    }

    /** Of a clock that never goes back. */
    static long now() {
        return System.nanoTime() / 1_000_000;
    }

    @Override
    public void close() {
        loop.interrupt();
        station.close();
        agents.ifPresent(AgentLink::close);
    }
}
