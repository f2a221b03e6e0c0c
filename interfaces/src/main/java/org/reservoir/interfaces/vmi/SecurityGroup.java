package org.reservoir.interfaces.vmi;

import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.SecurityGroupId;

/** Rules for the traffic of the NICs that name it: what no rule lets through is dropped, answers may pass. */
public record SecurityGroup(SecurityGroupId id, String name, Ownership ownership, List<Rule> rules) {
    public SecurityGroup {
        rules = List.copyOf(rules);
    }

    /**
     * @param direction {@code in} or {@code out}
     * @param protocol  {@code all tcp udp icmp icmpv6}
     * @param peer      the other side: an address, a CIDR, or {@code secgroup-7} for the addresses of the NICs that name that group; empty for anywhere
     * @param ports     {@code 80} or {@code 8000-8080}; empty for all
     */
    public record Rule(String direction, String protocol, Optional<String> peer, Optional<String> ports) {}
}
