package org.reservoir.van;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import org.reservoir.interfaces.vhi.HostNetwork;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.Refused;

/**
 * What follows from the description of a virtual network: its ranges, how big its packets are, what it is called on hosts, and
 * how each host must have it. Pure.
 */
public record NetworkPlan(NetworkSpec spec, HostNetwork.Reach reach, List<Range> ranges, List<MacRange> macs, int mtu) {
    private static final int ETHERNET_MTU = 1500;
    /** IPv4, UDP, VXLAN and inner Ethernet headers: RFC 7348 §5. */
    private static final int VXLAN_OVERHEAD = 50;
    /** VNIs are 24 bits; 0 and the last are left alone. */
    private static final int VNIS = 0xfffffe;
    /** Spreads the sites' own counting over all VNIs, so that two sites on one host seldom begin at the same place (2^24 over the golden ratio). */
    private static final long SPREAD = 10_368_889L;

    public NetworkPlan {
        ranges = List.copyOf(ranges);
        macs = List.copyOf(macs);
    }

    /** @throws Refused {@code BAD_NETWORK}, {@code BAD_SUBNET}, {@code BAD_RANGE} saying what is wrong with the description */
    public static NetworkPlan of(NetworkSpec spec) {
        var reach = reach(spec);
        var macs = spec.ranges().stream().filter(MacRange::is).map(MacRange::of).toList();
        var ranges = spec.ranges().stream().filter(range -> !MacRange.is(range)).map(Range::of).toList();
        requireTidy(spec, ranges);
        if (ranges.stream().map(Range::subnet).filter(subnet -> !subnet.six()).distinct().count() > 1
                || ranges.stream().map(Range::subnet).filter(Subnet::six).distinct().count() > 1) {
            throw Refused.invalid("BAD_NETWORK", "Network %s has several subnets of one family.".formatted(spec.name()), "Give one IPv4 and one IPv6 subnet at most.");
        }
        if (spec.mtu() != 0 && (spec.mtu() < 576 || spec.mtu() > 9000)) {
            throw Refused.invalid("BAD_NETWORK", "Network %s has an MTU of %d.".formatted(spec.name(), spec.mtu()), "Choose from 576 to 9000, or 0.");
        }
        if (reach == HostNetwork.Reach.BRIDGED && spec.bridge().isEmpty()) {
            throw Refused.invalid("BAD_NETWORK", "Network %s is bridged, but to no bridge.".formatted(spec.name()), "Name the hosts' bridge.");
        }
        if (reach == HostNetwork.Reach.BRIDGED && spec.overlay()) {
            throw Refused.invalid("BAD_NETWORK", "Network %s is bridged and spans hosts by tunnels too.".formatted(spec.name()), "The hosts' bridge reaches other hosts by itself; leave overlay out.");
        }
        spec.dns().forEach(Address::parse);
        var mtu = spec.mtu() != 0 ? spec.mtu() : spec.overlay() ? ETHERNET_MTU - VXLAN_OVERHEAD : ETHERNET_MTU;
        return new NetworkPlan(spec, reach, ranges, macs, mtu);
    }

    /** Two ranges must not give the same address, nor a subnet have two gateways. */
    private static void requireTidy(NetworkSpec spec, List<Range> ranges) {
        for (int i = 0; i < ranges.size(); i++) {
            var one = ranges.get(i);
            for (var other : ranges.subList(0, i)) {
                if (one.overlaps(other)) {
                    throw Refused.invalid("BAD_RANGE", "Two ranges of network %s overlap: %s to %s and %s to %s.".formatted(spec.name(), other.first(), other.last(), one.first(), one.last()),
                            "Let the second begin after the first ends.");
                }
                if (one.subnet().equals(other.subnet()) && !one.gateway().equals(other.gateway())) {
                    throw Refused.invalid("BAD_RANGE", "The ranges of %s in network %s name the gateways %s and %s.".formatted(one.subnet(), spec.name(), other.gateway(), one.gateway()),
                            "A subnet has one; name the same in each of its ranges.");
                }
            }
        }
    }

    /** The subnets in which hosts have an address of their own: on one host, no two networks may have the same. */
    public List<Subnet> onHosts() {
        return reach == HostNetwork.Reach.NAT || reach == HostNetwork.Reach.ISOLATED && spec.dhcp() ? ranges.stream().map(Range::subnet).distinct().toList() : List.of();
    }

    private static HostNetwork.Reach reach(NetworkSpec spec) {
        return switch (spec.reach()) {
            case "isolated" -> HostNetwork.Reach.ISOLATED;
            case "nat" -> HostNetwork.Reach.NAT;
            case "bridged" -> HostNetwork.Reach.BRIDGED;
            default -> throw Refused.invalid("BAD_NETWORK", "'%s' is no reach of a network.".formatted(spec.reach()), "Choose isolated, nat or bridged.");
        };
    }

    /** Gateways that guests are told: none where the network leads nowhere. */
    public Optional<Address> gateway(boolean six) {
        return reach == HostNetwork.Reach.ISOLATED ? Optional.empty()
                : ranges.stream().filter(range -> range.subnet().six() == six).map(Range::gateway).findFirst();
    }

    /** At most 15 characters, as Linux wants it, and different for every site and network. @param site four hex digits */
    public String bridge(String site, NetworkId id) {
        return spec.bridge().filter(_ -> reach == HostNetwork.Reach.BRIDGED).orElseGet(() -> "rv%s-%s".formatted(site, Long.toString(id.value(), 36)));
    }

    /** A MAC address that follows from the network and the IPv4 address, or from a running number where there is none; locally administered. */
    public static String mac(NetworkId network, Optional<Address> four, long number) {
        var bytes = new byte[] {0x02, (byte) network.value(), 0, 0, 0, 0};
        var tail = four.map(Address::bytes).orElseGet(() -> new byte[] {(byte) (number >> 24 | 0x80), (byte) (number >> 16), (byte) (number >> 8), (byte) number});
        System.arraycopy(tail, 0, bytes, 2, 4);
        return HexFormat.ofDelimiter(":").formatHex(bytes);
    }

    /** Different for every network of a site, and likely so for those of two sites. @param site four hex digits */
    public static int vni(String site, NetworkId id) {
        return (int) ((id.value() + Integer.parseInt(site, 16) * SPREAD) % VNIS) + 1;
    }

    /**
     * The network as one host must have it.
     *
     * @param vtep  the host's address for tunnels, where the network spans hosts
     * @param peers those of the other hosts
     */
    public HostNetwork on(String site, NetworkId id, List<HostNetwork.Entry> entries, Optional<String> vtep, List<String> peers) {
        var subnets = ranges.stream().map(range -> new HostNetwork.Subnet(range.subnet().toString(),
                onHosts().contains(range.subnet()) ? Optional.of(range.gateway().toString()) : Optional.<String>empty())).distinct().toList();
        var overlay = vtep.filter(_ -> spec.overlay()).map(address -> new HostNetwork.Overlay(vni(site, id), address, peers));
        return new HostNetwork(id, spec.name(), bridge(site, id), mtu, reach, subnets, spec.dhcp(), spec.dhcp() ? entries : List.of(), overlay);
    }
}
