package org.reservoir.veeh.libvirt;

import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostNetwork;

/**
 * Writes the script that spans a network's bridge over other hosts by VXLAN: broadcasts go to each peer in turn (head-end replication),
 * and each host learns from what it hears where the other MACs are. No multicast is needed. Given again it changes only what differs.
 *
 * <p>Where hosts have an address in the network, each of them is its guests' gateway and DHCP server, all with the same address and MAC.
 * So that each guest hears the one of its own host alone, nothing from or to that MAC or address crosses the tunnel.
 */
final class Overlay {
    private static final int PORT = 4789;
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f.:]{2,45}");
    private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9._-]{3,15}");
    private static final Pattern MAC = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");

    private Overlay() {}

    /** The tunnel's device is named after its bridge: bridges are unique on the host, VNIs need not be where several sites share it. */
    static String device(String bridge) {
        return "vx" + bridge.substring(2);
    }

    /** @param mac the bridge's own */
    static String up(HostNetwork network, HostNetwork.Overlay overlay, String mac) {
        overlay.peers().forEach(peer -> require(ADDRESS, peer));
        require(ADDRESS, overlay.localAddress());
        require(DEVICE, network.bridge());
        require(MAC, mac);
        var device = device(network.bridge());
        return """
                ip -d link show %1$s 2>/dev/null | grep -q 'vxlan id %2$d .*local %3$s .*dstport %4$d ' || ip link del %1$s 2>/dev/null || true
                ip link show %1$s >/dev/null 2>&1 || ip link add %1$s type vxlan id %2$d local %3$s dstport %4$d
                %8$s
                ip link set %1$s mtu %5$d master %6$s up
                wanted=" %7$s "
                have=$(bridge fdb show dev %1$s | sed -n 's/^00:00:00:00:00:00 dst \\([^ ]*\\).*/\\1/p')
                for peer in $have; do case "$wanted" in *" $peer "*) ;; *) bridge fdb del 00:00:00:00:00:00 dev %1$s dst $peer ;; esac; done
                for peer in $wanted; do case " $(echo $have) " in *" $peer "*) ;; *) bridge fdb append 00:00:00:00:00:00 dev %1$s dst $peer ;; esac; done
                """.formatted(device, overlay.vni(), overlay.localAddress(), PORT, network.mtu(), network.bridge(), String.join(" ", new TreeSet<>(overlay.peers())),
                gateways(network, device, mac));
    }

    /** One table of nftables per tunnel, replaced as a whole. */
    private static String gateways(HostNetwork network, String device, String mac) {
        var addresses = network.subnets().stream().flatMap(subnet -> subnet.gateway().stream()).toList();
        addresses.forEach(address -> require(ADDRESS, address));
        if (addresses.isEmpty()) {
            return "";
        }
        return """
                nft -f - <<'END'
                table bridge %1$s
                delete table bridge %1$s
                table bridge %1$s {
                  chain tunnel {
                    type filter hook postrouting priority 0; policy accept;
                    oifname != "%1$s" accept
                    ether saddr %2$s drop
                    ether daddr %2$s drop
                    udp dport { 67, 547 } drop
                    icmpv6 type { nd-router-solicit, nd-router-advert } drop
                %3$s
                  }
                }
                END""".formatted(device, mac, addresses.stream().map(Overlay::unasked).collect(Collectors.joining("\n")));
    }

    /** Who asks for the gateway asks his own host. */
    private static String unasked(String address) {
        return "    " + (address.contains(":") ? "icmpv6 type nd-neighbor-solicit @th,64,128 %s drop".formatted(NetworkXml.hex(address)) : "arp daddr ip %s drop".formatted(address));
    }

    /** Takes the tunnel away. */
    static String down(String bridge) {
        require(DEVICE, bridge);
        return """
                ip link del %1$s 2>/dev/null || true
                nft delete table bridge %1$s 2>/dev/null || true
                """.formatted(device(bridge));
    }

    private static void require(Pattern pattern, String word) {
        if (!pattern.matcher(word).matches()) {
            throw new HostFailure(HostFailure.Kind.REFUSED, "'%s' is no address or device of a host.".formatted(word));
        }
    }
}
