package org.reservoir.interfaces.vhi;

import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.SecurityGroupId;

/**
 * A network interface of a guest.
 *
 * @param number    stable over the VEE's life, from 0
 * @param network   where it is plugged in; must be on the host
 * @param mac       {@code 02:00:0a:0b:0c:0d}
 * @param addresses the IPv4 and IPv6 addresses it may use, without prefix; with {@code guarded} any other source is dropped
 * @param filters   security groups whose rules together let traffic through; none means all may pass
 * @param guarded   whether forged MAC, ARP and IP sources are dropped
 * @param bandwidth bounds in each direction
 */
public record Nic(int number, NetworkId network, String mac, List<String> addresses, List<SecurityGroupId> filters, boolean guarded,
                  Optional<Bandwidth> bandwidth) {
    public Nic {
        addresses = List.copyOf(addresses);
        filters = List.copyOf(filters);
    }

    /** As the guest sees it, in kilobytes (1000 bytes) per second; 0 is no bound. */
    public record Bandwidth(int inbound, int outbound) {}
}
