package org.reservoir.veem.kept;

import java.util.List;
import java.util.Optional;

import org.reservoir.interfaces.vhi.Nic;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.SecurityGroupId;

/**
 * A NIC with the addresses leased to it.
 *
 * @param addresses with prefix length: {@code 10.1.0.5/24}
 * @param gateways  told to the guest, at most one per family
 */
public record NicPart(int number, NetworkId network, String mac, List<String> addresses, List<String> gateways, List<String> dns, int mtu,
                      List<SecurityGroupId> filters, boolean guarded, Optional<Nic.Bandwidth> bandwidth) {
    public NicPart {
        addresses = List.copyOf(addresses);
        gateways = List.copyOf(gateways);
        dns = List.copyOf(dns);
        filters = List.copyOf(filters);
    }

    /** The addresses without their prefix lengths. */
    public List<String> bareAddresses() {
        return addresses.stream().map(address -> address.replaceFirst("/.*", "")).toList();
    }

    public NicPart filtered(List<SecurityGroupId> others) {
        return new NicPart(number, network, mac, addresses, gateways, dns, mtu, others, guarded, bandwidth);
    }
}
