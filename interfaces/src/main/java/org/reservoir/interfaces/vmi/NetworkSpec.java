package org.reservoir.interfaces.vmi;

import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.Name;

/**
 * What a virtual network is to be.
 *
 * @param reach    {@code isolated}, {@code nat} or {@code bridged}
 * @param bridge   the administrator's bridge, for {@code bridged}
 * @param ranges   addresses to give to NICs: at most one IPv4 and one IPv6 subnet, several ranges each
 * @param dns      resolvers told to guests
 * @param dhcp     whether hosts answer DHCP; guests are told their addresses by contextualization anyway
 * @param overlay  whether it spans hosts (VXLAN)
 * @param mtu      0 for the site's choice
 * @param guarded  whether forged sources are dropped
 */
public record NetworkSpec(String name, String reach, Optional<String> bridge, List<Range> ranges, List<String> dns, boolean dhcp, boolean overlay,
                          int mtu, boolean guarded) {
    public NetworkSpec {
        Name.of("network", name);
        ranges = List.copyOf(ranges);
        dns = List.copyOf(dns);
    }

    /** Whether guests reach each other over it from one host to another; else each host has a part of its own. */
    public boolean joinsHosts() {
        return overlay || reach.equals("bridged");
    }

    /**
     * @param cidr    the subnet, {@code 10.1.0.0/24} or {@code fd00:1::/64}; or MAC addresses to give, {@code 02:ab:00:00:00:00/24}, which have no gateway
     * @param first   first address to give; empty for the first of the subnet that is not the gateway
     * @param last    last address to give; empty for the last of the subnet
     * @param gateway told to guests; for {@code nat} the host's own address; empty for the first of the subnet
     */
    public record Range(String cidr, Optional<String> first, Optional<String> last, Optional<String> gateway) {
        public static Range of(String cidr) {
            return new Range(cidr, Optional.empty(), Optional.empty(), Optional.empty());
        }
    }
}
