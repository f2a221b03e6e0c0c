package org.reservoir.interfaces.vhi;

import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.NetworkId;

/**
 * A virtual network as one host must have it.
 *
 * @param id      which network
 * @param name    for people who look at the host
 * @param bridge  the Linux bridge: at most 15 characters, unique on the host; an existing one when {@code reach} is BRIDGED
 * @param mtu     bytes
 * @param reach   where its traffic may go
 * @param subnets the address ranges, at most one per family
 * @param dhcp    whether the host answers DHCP with the {@code entries}
 * @param entries the known NICs, for DHCP and names
 * @param overlay how the network spans hosts, when it does
 */
public record HostNetwork(NetworkId id, String name, String bridge, int mtu, Reach reach, List<Subnet> subnets, boolean dhcp,
                          List<Entry> entries, Optional<Overlay> overlay) {
    public HostNetwork {
        subnets = List.copyOf(subnets);
        entries = List.copyOf(entries);
    }

    public enum Reach {
        /** Only its own guests. */ ISOLATED,
        /** Its guests, and out through the host's address. */ NAT,
        /** A bridge of the administrator's. */ BRIDGED
    }

    /** @param cidr {@code 10.1.0.0/24} or {@code fd00::/64}; @param gateway the host's own address in it, when it has one */
    public record Subnet(String cidr, Optional<String> gateway) {}

    public record Entry(String mac, String address, String hostname) {}

    /** VXLAN (RFC 7348) without multicast: every other host of the network is a peer. @param vni 1 to 16 777 215 */
    public record Overlay(int vni, String localAddress, List<String> peers) {
        public Overlay {
            peers = List.copyOf(peers);
        }
    }
}
