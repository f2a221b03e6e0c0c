package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostNetwork.Entry;
import org.reservoir.interfaces.vhi.HostNetwork.Reach;
import org.reservoir.interfaces.vhi.HostNetwork;
import org.reservoir.kernel.NetworkId;

/** Networks and traffic filters, given to a libvirtd in memory. */
class LibvirtNetworksTest extends TwoFakeHosts {
    @Test
    void dhcpEntriesChangeUnderRunningGuestsAndNothingElseDoes() {
        var one = new Entry("02:00:00:00:00:01", "10.0.0.2", "a");
        var two = new Entry("02:00:00:00:00:02", "10.0.0.3", "b");
        host.ensureNetwork(network(1450, one));
        here.calls.clear();
        host.ensureNetwork(network(1450, two));
        assertThat(here.calls).hasSize(2).allMatch(call -> call.startsWith("updateDhcpHost"));
        here.networks.computeIfPresent("reservoir-lab-network-3", (_, xml) -> xml.replace("<network>", "<network connections='1'>"));
        failsAs(Kind.BUSY, () -> host.ensureNetwork(network(1400, two)));
        failsAs(Kind.BUSY, () -> host.dropNetwork(new NetworkId(3)));
    }

    @Test
    void aHostWhereFiltersWouldNotHoldTakesNone() {
        var filter = new org.reservoir.interfaces.vhi.TrafficFilter(new org.reservoir.kernel.SecurityGroupId(3), "web", List.of());
        here.bridgedPacketsFiltered = Optional.of("0\n");
        failsAs(Kind.UNSUPPORTED, () -> host.ensureFilter(filter));
        here.bridgedPacketsFiltered = Optional.empty();
        host.ensureFilter(filter);
        here.bridgedPacketsFiltered = Optional.of("1\n");
        host.ensureFilter(filter);
        here.calls.clear();
        host.ensureFilter(filter);
        assertThat(here.calls).containsExactly("defineFilter");
    }

    @Test
    void overlayScriptsHoldNothingButAddresses() {
        var overlay = new HostNetwork.Overlay(42, "10.9.0.1", List.of("10.9.0.2", "10.9.0.3"));
        assertThat(Overlay.up(network(1450), overlay, "02:00:00:00:00:01")).contains("ip link add vxv3 type vxlan id 42 local 10.9.0.1", "wanted=\" 10.9.0.2 10.9.0.3 \"",
                "arp daddr ip 10.0.0.1 drop");
        failsAs(Kind.REFUSED, () -> Overlay.up(network(1450), new HostNetwork.Overlay(42, "10.9.0.1", List.of("x; rm -rf /")), "02:00:00:00:00:01"));
        failsAs(Kind.UNSUPPORTED, () -> host.ensureNetwork(new HostNetwork(new NetworkId(3), "n", "rsv3", 1450, Reach.ISOLATED, List.of(), false, List.of(),
                Optional.of(overlay))));
    }
}
