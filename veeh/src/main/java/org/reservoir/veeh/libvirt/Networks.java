package org.reservoir.veeh.libvirt;

import java.time.Duration;
import java.util.List;
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

    private static final List<String> SWITCHES = List.of("bridge-nf-call-iptables", "bridge-nf-call-ip6tables");

    private final Link link;
    private final Site site;
    private final Optional<Shell> shell;
    private final NetworkXml words;
    private volatile boolean enforced;
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
            network.overlay().ifPresent(overlay -> shell().run(Overlay.up(network, overlay, words.mac(network))));
        });
    }

    private static void bringUp(LibvirtConnection daemon, String name, String wanted) {
        var present = daemon.networkXml(name);
        boolean runs = present.isPresent() && daemon.networkRuns(name);
        if (runs && sameFrame(present.get(), wanted)) {
            updateEntries(daemon, name, present.get(), wanted);
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

    private static void updateEntries(LibvirtConnection daemon, String name, String presentXml, String wantedXml) {
        var present = NetworkXml.shape(presentXml);
        var wanted = NetworkXml.shape(wantedXml);
        present.entries().stream().filter(entry -> !wanted.entries().contains(entry))
                .forEach(entry -> daemon.updateDhcpHost(name, Flags.NETWORK_DELETE, NetworkXml.place(presentXml, entry.address()), NetworkXml.host(entry)));
        wanted.entries().stream().filter(entry -> !present.entries().contains(entry))
                .forEach(entry -> daemon.updateDhcpHost(name, Flags.NETWORK_ADD_LAST, NetworkXml.place(presentXml, entry.address()), NetworkXml.host(entry)));
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
        var daemon = link.quick().within(PATIENCE);
        requireEnforcement(daemon);
        daemon.defineFilter(new FilterXml(site).group(filter));
    }

    /**
     * libvirt writes its rules whether or not the kernel shows them bridged packets, and warns in its log alone; a host where it does not would
     * let everything through. Where the files are missing the kernel's part is not loaded yet; the first filter of a guest loads it, switched on.
     */
    private void requireEnforcement(LibvirtConnection daemon) {
        if (enforced) {
            return;
        }
        var switches = SWITCHES.stream().map(name -> daemon.peek("/proc/sys/net/bridge", name)).toList();
        if (switches.stream().flatMap(Optional::stream).anyMatch(text -> text.strip().equals("0"))) {
            throw new HostFailure(Kind.UNSUPPORTED, "This host shows its traffic filters no bridged packets, so security groups would not hold: sysctl -w net.bridge.%s=1 net.bridge.%s=1"
                    .formatted(SWITCHES.get(0), SWITCHES.get(1)));
        }
        enforced = switches.stream().allMatch(Optional::isPresent);
    }

    /** The host may have been changed while it was away. */
    void forget() {
        enforced = false;
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
