package org.reservoir.interfaces.vhi;

import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.SecurityGroupId;

/** A security group as hosts enforce it: what no rule lets through is dropped; answers to what passed may pass. */
public record TrafficFilter(SecurityGroupId id, String name, List<Rule> rules) {
    public TrafficFilter {
        rules = List.copyOf(rules);
    }

    public enum Direction { IN, OUT }

    public enum Protocol { ALL, TCP, UDP, ICMP, ICMPV6 }

    /**
     * @param peer  the other side's range, CIDR; empty for anywhere
     * @param ports destination ports, for TCP and UDP; empty for all
     */
    public record Rule(Direction direction, Protocol protocol, Optional<String> peer, Optional<Ports> ports) {}

    public record Ports(int from, int to) {}
}
