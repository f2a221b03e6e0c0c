package org.reservoir.veeh.libvirt;

import org.reservoir.interfaces.vhi.Nic;
import org.reservoir.interfaces.vhi.TrafficFilter;
import org.reservoir.interfaces.vhi.TrafficFilter.Direction;
import org.reservoir.interfaces.vhi.TrafficFilter.Rule;
import org.reservoir.kernel.VeeId;

/**
 * Writes traffic filters as libvirt's nwfilters (libvirt.org/formatnwfilter.html). A security group becomes one filter of "accept"
 * rules, which libvirt applies statefully and again to every running guest when it is redefined. Each NIC gets a filter of its own that
 * drops forged sources, refers to its groups, and drops the rest. Directions are the guest's: {@code in} is towards it.
 */
record FilterXml(Site site) {
    private static final int ROUTER_SOLICITATION = 133;
    private static final int ROUTER_ADVERTISEMENT = 134;
    private static final int NEIGHBOUR_SOLICITATION = 135;
    private static final int NEIGHBOUR_ADVERTISEMENT = 136;

    String group(TrafficFilter filter) {
        var name = site.filter(filter.id());
        return Xml.document("filter", xml -> {
            xml.text("uuid", site.uuid(name));
            filter.rules().forEach(rule -> rule(xml, rule));
        }, "name", name, "chain", "root");
    }

    String nic(VeeId vee, Nic nic) {
        var name = site.filter(vee, nic.number());
        return Xml.document("filter", xml -> {
            xml.text("uuid", site.uuid(name));
            if (nic.guarded()) {
                guard(xml, nic);
            }
            if (!nic.filters().isEmpty()) {
                nic.filters().forEach(group -> xml.tag("filterref", "filter", site.filter(group)));
                housekeeping(xml, nic);
                accept(xml, "drop", "inout", 1000, "all");
                accept(xml, "drop", "inout", 1000, "all-ipv6");
            }
        }, "name", name, "chain", "root");
    }

    /**
     * What the guest may send: frames from its MAC; ARP and IP from its addresses; DHCP, duplicate-address detection and QEMU's own announcement
     * after a move. Not: answers of a DHCP server, and announcements of a router. Where nobody knows its addresses, its MAC alone is held to.
     */
    private static void guard(Xml xml, Nic nic) {
        rule(xml, "drop", "out", 10, mac -> mac.tag("mac", "match", "no", "srcmacaddr", nic.mac()));
        accept(xml, "drop", "out", 15, "ip", "protocol", "udp", "srcportstart", "67");
        if (speaksIpv6(nic)) {
            accept(xml, "drop", "out", 15, "ipv6", "protocol", "icmpv6", "type", String.valueOf(ROUTER_ADVERTISEMENT));
        }
        if (nic.addresses().isEmpty()) {
            return;
        }
        for (var address : nic.addresses()) {
            if (address.contains(":")) {
                accept(xml, "accept", "out", 20, "ipv6", "srcipaddr", address);
            } else {
                accept(xml, "accept", "out", 20, "arp", "arpsrcmacaddr", nic.mac(), "arpsrcipaddr", address);
                accept(xml, "accept", "out", 20, "ip", "srcipaddr", address);
            }
        }
        accept(xml, "accept", "out", 20, "arp", "arpsrcmacaddr", nic.mac(), "arpsrcipaddr", "0.0.0.0");
        accept(xml, "accept", "out", 20, "ip", "srcipaddr", "0.0.0.0", "protocol", "udp", "srcportstart", "68", "dstportstart", "67");
        if (speaksIpv6(nic)) {
            accept(xml, "accept", "out", 20, "ipv6", "srcipaddr", "fe80::", "srcipmask", "10");
            accept(xml, "accept", "out", 20, "ipv6", "srcipaddr", "::");
        }
        accept(xml, "accept", "out", 20, "mac", "protocolid", "0x8035");
        accept(xml, "drop", "out", 30, "mac");
    }

    /** What no group need say: to ask for an address, and to find neighbours and routers over IPv6. */
    private static void housekeeping(Xml xml, Nic nic) {
        accept(xml, "accept", "out", 100, "udp", "srcportstart", "68", "dstportstart", "67");
        if (speaksIpv6(nic)) {
            accept(xml, "accept", "out", 100, "udp-ipv6", "srcportstart", "546", "dstportstart", "547");
            rule(xml, "accept", "out", 100, "false", icmp(ROUTER_SOLICITATION));
            rule(xml, "accept", "in", 100, "false", icmp(ROUTER_ADVERTISEMENT));
            // libvirt leaves a rule with a type of ICMP out without a word when its direction is inout
            for (var direction : new String[] {"in", "out"}) {
                rule(xml, "accept", direction, 100, "false", icmp(NEIGHBOUR_SOLICITATION));
                rule(xml, "accept", direction, 100, "false", icmp(NEIGHBOUR_ADVERTISEMENT));
            }
        }
    }

    /** Each rule costs the host several runs of iptables when a guest starts, so none is written that cannot matter. */
    private static boolean speaksIpv6(Nic nic) {
        return nic.addresses().isEmpty() || nic.addresses().stream().anyMatch(address -> address.contains(":"));
    }

    private static Xml.Part icmp(int type) {
        return xml -> xml.tag("icmpv6", "type", String.valueOf(type));
    }

    private static void rule(Xml xml, Rule rule) {
        boolean anywhere = rule.peer().isEmpty();
        boolean ipv6 = rule.peer().filter(peer -> peer.contains(":")).isPresent();
        switch (rule.protocol()) {
            case ICMP -> match(xml, rule, "icmp");
            case ICMPV6 -> match(xml, rule, "icmpv6");
            case ALL, TCP, UDP -> {
                var word = rule.protocol().name().toLowerCase(java.util.Locale.ROOT);
                if (anywhere || !ipv6) {
                    match(xml, rule, word);
                }
                if (anywhere || ipv6) {
                    match(xml, rule, word + "-ipv6");
                }
            }
        }
    }

    private static void match(Xml xml, Rule rule, String protocol) {
        var attributes = new java.util.ArrayList<String>();
        var side = rule.direction() == Direction.IN ? "src" : "dst";
        rule.peer().filter(peer -> !peer.endsWith("/0")).ifPresent(peer -> {
            var parts = peer.split("/");
            attributes.addAll(java.util.List.of(side + "ipaddr", parts[0]));
            attributes.addAll(java.util.List.of(side + "ipmask", parts.length > 1 ? parts[1] : parts[0].contains(":") ? "128" : "32"));
        });
        boolean hasPorts = rule.protocol() == TrafficFilter.Protocol.TCP || rule.protocol() == TrafficFilter.Protocol.UDP;
        rule.ports().filter(_ -> hasPorts).ifPresent(ports -> attributes.addAll(java.util.List.of(
                "dstportstart", String.valueOf(ports.from()), "dstportend", String.valueOf(ports.to()))));
        accept(xml, "accept", rule.direction() == Direction.IN ? "in" : "out", 500, protocol, attributes.toArray(String[]::new));
    }

    private static void accept(Xml xml, String action, String direction, int priority, String protocol, String... attributes) {
        rule(xml, action, direction, priority, part -> part.tag(protocol, attributes));
    }

    private static void rule(Xml xml, String action, String direction, int priority, Xml.Part match) {
        xml.tag("rule", match, "action", action, "direction", direction, "priority", String.valueOf(priority));
    }

    private static void rule(Xml xml, String action, String direction, int priority, String statematch, Xml.Part match) {
        xml.tag("rule", match, "action", action, "direction", direction, "priority", String.valueOf(priority), "statematch", statematch);
    }
}
