package org.reservoir.veeh.libvirt;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostNetwork;
import org.reservoir.interfaces.vhi.TrafficFilter;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * Keeps networks and security groups on a host as they are described. DHCP entries change under running guests; anything else of a
 * network needs it to start anew, which is refused as BUSY while guests are plugged in.
 */
final class Networks {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Link link;
    private final Site site;
    private final Optional<Shell> shell;
    private final NetworkXml words;
    private final Map<String, ReentrantLock> turns = new ConcurrentHashMap<>();

    Networks(Link link, Site site, Optional<Shell> shell) {
        this.link = link;
        this.site = site;
        this.shell = shell;
        this.words = new NetworkXml(site);
    }

    void ensure(HostNetwork network) {
        inTurn(site.network(network.id()), () -> {
            var daemon = link.quick().within(PATIENCE);
            bringUp(daemon, site.network(network.id()), words.network(network));
            network.overlay().ifPresent(overlay -> shell().run(Overlay.up(network, overlay)));
        });
    }

    private static void bringUp(LibvirtConnection daemon, String name, String wanted) {
        var present = daemon.networkXml(name);
        boolean runs = present.isPresent() && daemon.networkRuns(name);
        if (runs && sameFrame(present.get(), wanted)) {
            updateEntries(daemon, name, NetworkXml.shape(present.get()), NetworkXml.shape(wanted));
            return;
        }
        if (runs) {
            requireUnplugged(name, present.get());
            daemon.stopNetwork(name);
        }
        daemon.defineNetwork(wanted);
        daemon.startNetwork(name);
    }

    private static boolean sameFrame(String present, String wanted) {
        return NetworkXml.shape(present).frame().equals(NetworkXml.shape(wanted).frame());
    }

    private static void updateEntries(LibvirtConnection daemon, String name, NetworkXml.Shape present, NetworkXml.Shape wanted) {
        present.entries().stream().filter(entry -> !wanted.entries().contains(entry))
                .forEach(entry -> daemon.updateDhcpHost(name, Flags.NETWORK_DELETE, NetworkXml.host(entry)));
        wanted.entries().stream().filter(entry -> !present.entries().contains(entry))
                .forEach(entry -> daemon.updateDhcpHost(name, Flags.NETWORK_ADD_LAST, NetworkXml.host(entry)));
    }

    private static void requireUnplugged(String name, String present) {
        if (NetworkXml.connections(present) > 0) {
            throw new HostFailure(Kind.BUSY, "Network %s has guests plugged in; all but its DHCP entries can only change without them.".formatted(name));
        }
    }

    void drop(NetworkId network) {
        var name = site.network(network);
        inTurn(name, () -> {
            var daemon = link.quick().within(PATIENCE);
            daemon.networkXml(name).ifPresent(present -> {
                requireUnplugged(name, present);
                shell.ifPresent(there -> Xml.at(Xml.read(present), "bridge").ifPresent(bridge -> there.run(Overlay.down(bridge.getAttribute("name")))));
                if (daemon.networkRuns(name)) {
                    daemon.stopNetwork(name);
                }
                daemon.undefineNetwork(name);
            });
        });
    }

    void ensure(TrafficFilter filter) {
        link.quick().within(PATIENCE).defineFilter(new FilterXml(site).group(filter));
    }

    void drop(SecurityGroupId group) {
        var daemon = link.quick().within(PATIENCE);
        if (daemon.filters().contains(site.filter(group))) {
            daemon.undefineFilter(site.filter(group));
        }
    }

    private Shell shell() {
        return shell.orElseThrow(() -> new HostFailure(Kind.UNSUPPORTED,
                "This host joins no network that spans hosts: give it the option shell=local, shell=ssh:user@host or shell=exec:…"));
    }

    private void inTurn(String name, Runnable work) {
        var turn = turns.computeIfAbsent(name, _ -> new ReentrantLock());
        turn.lock();
        try {
            work.run();
        } finally {
            turn.unlock();
        }
    }
}
