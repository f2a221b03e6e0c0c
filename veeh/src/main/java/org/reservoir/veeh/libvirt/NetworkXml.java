package org.reservoir.veeh.libvirt;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.w3c.dom.Element;

import org.reservoir.interfaces.vhi.HostNetwork;
import org.reservoir.interfaces.vhi.HostNetwork.Entry;
import org.reservoir.interfaces.vhi.HostNetwork.Reach;
import org.reservoir.interfaces.vhi.HostNetwork.Subnet;

/** Writes virtual networks as libvirt's (libvirt.org/formatnetwork.html) and reads back what of them can change. */
record NetworkXml(Site site) {

    /** DHCPv6 knows clients by DUID, not MAC. The one that follows from the MAC (RFC 8415 §11.4, Ethernet) is what simple clients send. */
    private static final String DUID_LL = "00:03:00:01:";

    /**
     * What must be equal for a network to be the one wanted; all but the DHCP entries needs the network to be started anew.
     *
     * @param frame   forwarding, bridge, MTU and addresses as one text
     * @param entries the DHCP entries as libvirt writes them
     */
    record Shape(String frame, Set<Entry> entries) {}

    String network(HostNetwork network) {
        var name = site.network(network.id());
        return Xml.document("network", xml -> {
            xml.text("name", name).text("uuid", site.uuid(name));
            switch (network.reach()) {
                case ISOLATED -> { }
                case NAT -> nat(xml, network);
                case BRIDGED -> xml.tag("forward", "mode", "bridge");
            }
            if (network.reach() == Reach.BRIDGED) {
                xml.tag("bridge", "name", network.bridge());
            } else {
                xml.tag("bridge", "name", network.bridge(), "stp", "off", "delay", "0");
                xml.tag("mtu", "size", String.valueOf(network.mtu())).tag("mac", "address", mac(network));
                network.subnets().stream().filter(subnet -> subnet.gateway().isPresent()).forEach(subnet -> subnet(xml, network, subnet));
            }
        });
    }

    /** The bridge's own MAC, the same on every host of the network: a guest that moves finds its gateway where it was. */
    String mac(HostNetwork network) {
        long bits = site.uuid(site.network(network.id())).getLeastSignificantBits();
        return "02:%02x:%02x:%02x:%02x:%02x".formatted(bits >> 32 & 255, bits >> 24 & 255, bits >> 16 & 255, bits >> 8 & 255, bits & 255);
    }

    private static void nat(Xml xml, HostNetwork network) {
        boolean ipv6 = network.subnets().stream().anyMatch(subnet -> subnet.cidr().contains(":"));
        xml.tag("forward", forward -> {
            if (ipv6) {
                forward.tag("nat", "ipv6", "yes");
            }
        }, "mode", "nat");
    }

    /**
     * Of IPv6 there is always one entry, for the gateway itself. Without any, dnsmasq would have guests make up addresses of their own (RFC 4862); they
     * prefer those to the one that they were given, and a guarded network drops what is sent from them.
     */
    private void subnet(Xml xml, HostNetwork network, Subnet subnet) {
        boolean ipv6 = subnet.cidr().contains(":");
        var prefix = subnet.cidr().substring(subnet.cidr().indexOf('/') + 1);
        var gateway = subnet.gateway().orElseThrow();
        xml.tag("ip", ip -> {
            var leased = network.entries().stream().filter(entry -> network.dhcp() && within(entry.address(), subnet));
            var entries = Stream.concat(ipv6 ? Stream.of(new Entry(mac(network), gateway, "")) : Stream.of(), leased).toList();
            if (!entries.isEmpty()) {
                ip.tag("dhcp", dhcp -> entries.forEach(entry -> host(dhcp, entry)));
            }
        }, "family", ipv6 ? "ipv6" : "ipv4", "address", gateway, "prefix", prefix);
    }

    static String host(Entry entry) {
        return Xml.document("host", Xml.NOTHING, attributes(entry));
    }

    private static void host(Xml xml, Entry entry) {
        xml.tag("host", attributes(entry));
    }

    private static String[] attributes(Entry entry) {
        var client = entry.address().contains(":") ? new String[] {"id", DUID_LL + entry.mac()} : new String[] {"mac", entry.mac()};
        var attributes = new ArrayList<>(List.of(client));
        if (!entry.hostname().isBlank()) {
            attributes.addAll(List.of("name", entry.hostname()));
        }
        attributes.addAll(List.of("ip", entry.address()));
        return attributes.toArray(String[]::new);
    }

    static Shape shape(String text) {
        var network = Xml.read(text);
        var frame = new StringBuilder();
        Xml.at(network, "forward").ifPresent(forward -> frame.append(forward.getAttribute("mode")).append(' '));
        Xml.at(network, "bridge").ifPresent(bridge -> frame.append(bridge.getAttribute("name")).append(' '));
        Xml.at(network, "mtu").ifPresent(mtu -> frame.append(mtu.getAttribute("size")).append(' '));
        var entries = new HashSet<Entry>();
        for (var ip : Xml.children(network, "ip")) {
            frame.append(ip.getAttribute("address")).append('/').append(ip.getAttribute("prefix")).append(' ');
            Xml.at(ip, "dhcp").stream().flatMap(dhcp -> Xml.children(dhcp, "host").stream()).filter(host -> !host.getAttribute("ip").equals(ip.getAttribute("address")))
                    .forEach(host -> entries.add(entry(host)));
        }
        return new Shape(frame.toString(), Set.copyOf(entries));
    }

    /** Which of the network's {@code ip} elements holds the address. */
    static int place(String text, String address) {
        var ips = Xml.children(Xml.read(text), "ip");
        for (int i = 0; i < ips.size(); i++) {
            var cidr = ips.get(i).getAttribute("address") + "/" + ips.get(i).getAttribute("prefix");
            if (within(address, new Subnet(cidr, java.util.Optional.empty()))) {
                return i;
            }
        }
        throw new IllegalStateException("no subnet of the network holds %s: %s".formatted(address, text));
    }

    /** How many guests are plugged into it now. */
    static int connections(String text) {
        return Xml.attribute(Xml.read(text), "connections").map(Integer::parseInt).orElse(0);
    }

    private static Entry entry(Element host) {
        return new Entry(host.hasAttribute("id") ? host.getAttribute("id").replaceFirst("^" + DUID_LL, "") : host.getAttribute("mac"), host.getAttribute("ip"), host.getAttribute("name"));
    }

    /** Whether a written address (never a name) lies in the subnet. */
    static boolean within(String address, Subnet subnet) {
        var parts = subnet.cidr().split("/");
        var one = bytes(address);
        var other = bytes(parts[0]);
        int bits = Integer.parseInt(parts[1]);
        for (int i = 0; i < bits; i++) {
            if (one.length != other.length || (one[i / 8] >> (7 - i % 8) & 1) != (other[i / 8] >> (7 - i % 8) & 1)) {
                return false;
            }
        }
        return true;
    }

    /** The address as one number, as nftables writes what it has no word for. */
    static String hex(String address) {
        return "0x" + java.util.HexFormat.of().formatHex(bytes(address));
    }

    private static byte[] bytes(String address) {
        try {
            return InetAddress.ofLiteral(address).getAddress();
        } catch (IllegalArgumentException nonsense) {
            throw new IllegalStateException("'%s' is no address".formatted(address), nonsense);
        }
    }
}
