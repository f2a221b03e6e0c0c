package org.reservoir.interfaces.vmi;

import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.SecurityGroupId;

/** The virtual networks of a site, their addresses, and the security groups. */
public interface Networks {
    Network create(Caller caller, NetworkSpec spec);

    Network network(Caller caller, NetworkId network);

    Page<Network> networks(Caller caller, Page.Request page);

    Network.Leases leases(Caller caller, NetworkId network);

    /** Keeps an address from being given to a NIC; empty for any free one. @return the address kept */
    String reserve(Caller caller, NetworkId network, Optional<String> address, String note);

    void release(Caller caller, NetworkId network, String address);

    Network own(Caller caller, NetworkId network, Ownership ownership);

    /** @throws org.reservoir.kernel.Refused {@code NETWORK_IN_USE} while a NIC is plugged in */
    void delete(Caller caller, NetworkId network);

    SecurityGroup createGroup(Caller caller, String name, List<SecurityGroup.Rule> rules);

    SecurityGroup changeGroup(Caller caller, SecurityGroupId group, List<SecurityGroup.Rule> rules);

    SecurityGroup group(Caller caller, SecurityGroupId group);

    Page<SecurityGroup> groups(Caller caller, Page.Request page);

    void deleteGroup(Caller caller, SecurityGroupId group);
}
