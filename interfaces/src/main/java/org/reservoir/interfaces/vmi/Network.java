package org.reservoir.interfaces.vmi;

import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.NetworkId;

/** A virtual network as its users see it. @param used addresses leased or reserved, @param free those still to be had */
public record Network(NetworkId id, String name, Ownership ownership, NetworkSpec spec, long used, long free) {

    /** @param vee whose lease it is; empty for a reservation */
    public record LeaseStatus(String address, String mac, Optional<org.reservoir.kernel.VeeId> vee, Optional<String> note) {}

    public record Leases(List<LeaseStatus> items) {
        public Leases {
            items = List.copyOf(items);
        }
    }
}
