package org.reservoir.manifest;

import java.util.List;

/**
 * A placeholder of RESERVOIR in a property value, resolved when a replica is started.
 *
 * @param arguments between the parentheses; none when there are none
 */
public record Macro(Kind kind, List<String> arguments) implements MacroText.Piece {
    public Macro {
        arguments = List.copyOf(arguments);
    }

    /** @see #written */
    public enum Kind {
        /** {@code @IP(net)}: the replica's address in a network; {@code @IP(net,alias)} one shared by all that name the alias. */ IP("IP", 1, 2),
        /** {@code @id(offset)}: the replica's number plus the offset. */ ID("id", 1, 1),
        NETMASK("Netmask", 1, 1), DNS("DNSServer", 1, 1), GATEWAY("Gateway", 1, 1),
        /** {@code @PrecedentTierEntryPoint(net,component)}: an address of a tier that has started already. */ PRECEDENT("PrecedentTierEntryPoint", 2, 2),
        DOMAIN("Domain", 0, 0), SERVICE("ServiceId", 0, 0), VM("VmId", 0, 0),
        /** Where the guest tells its KPIs. */ MONITORING("MonitoringChannel", 0, 0);

        private final String word;
        private final int least;
        private final int most;

        Kind(String word, int least, int most) {
            this.word = word;
            this.least = least;
            this.most = most;
        }

        public String written() {
            return "@" + word;
        }

        String word() {
            return word;
        }

        boolean takes(int arguments) {
            return arguments >= least && arguments <= most;
        }
    }

    @Override
    public String toString() {
        return kind.written() + (arguments.isEmpty() ? "" : "(" + String.join(",", arguments) + ")");
    }
}
