package org.reservoir.gateways;

import java.util.List;
import java.util.Optional;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Leases;
import org.reservoir.interfaces.vmi.Network;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Networks;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.interfaces.vmi.SecurityGroup;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.SecurityGroupId;

/** Networks and security groups in memory. */
public final class FakeNetworks implements Networks {
    private final Shelf<Network> networks = new Shelf<>("network", "network", Network::name, Network::ownership);
    private final Shelf<SecurityGroup> securityGroups = new Shelf<>("secgroup", "security group", SecurityGroup::name, SecurityGroup::ownership);

    @Override
    public synchronized Network create(Caller caller, NetworkSpec spec) {
        networks.requireFree(spec.name());
        var network = new Network(new NetworkId(networks.next()), spec.name(), Ownership.privateTo(caller), spec, 0, 250);
        return networks.keep(network.id().value(), network);
    }

    @Override
    public synchronized Network network(Caller caller, NetworkId network) {
        return networks.usable(caller, network.value(), network);
    }

    @Override
    public synchronized Page<Network> networks(Caller caller, Page.Request page) {
        return networks.page(page, network -> network.ownership().allows(caller, Right.USE));
    }

    @Override
    public synchronized Network.Leases leases(Caller caller, NetworkId network) {
        network(caller, network);
        return new Network.Leases(List.of(new Network.LeaseStatus("10.0.0.2", "02:00:00:00:00:02", Optional.empty(), Optional.of("printer"))));
    }

    @Override
    public synchronized String reserve(Caller caller, NetworkId network, Optional<String> address, String note) {
        network(caller, network);
        return address.orElse("10.0.0.9");
    }

    @Override
    public synchronized void release(Caller caller, NetworkId network, String address) {
        network(caller, network);
    }

    @Override
    public synchronized Network own(Caller caller, NetworkId id, Ownership ownership) {
        var network = network(caller, id);
        return networks.keep(id.value(), new Network(id, network.name(), ownership, network.spec(), network.used(), network.free()));
    }

    @Override
    public synchronized void delete(Caller caller, NetworkId network) {
        network(caller, network);
        networks.remove(network.value());
    }

    @Override
    public synchronized SecurityGroup createGroup(Caller caller, String name, List<SecurityGroup.Rule> rules) {
        securityGroups.requireFree(name);
        var group = new SecurityGroup(new SecurityGroupId(securityGroups.next()), name, Ownership.privateTo(caller), rules);
        return securityGroups.keep(group.id().value(), group);
    }

    @Override
    public synchronized SecurityGroup changeGroup(Caller caller, SecurityGroupId id, List<SecurityGroup.Rule> rules) {
        var group = group(caller, id);
        return securityGroups.keep(id.value(), new SecurityGroup(id, group.name(), group.ownership(), rules));
    }

    @Override
    public synchronized SecurityGroup group(Caller caller, SecurityGroupId group) {
        return securityGroups.usable(caller, group.value(), group);
    }

    @Override
    public synchronized Page<SecurityGroup> groups(Caller caller, Page.Request page) {
        return securityGroups.page(page, group -> group.ownership().allows(caller, Right.USE));
    }

    @Override
    public synchronized void deleteGroup(Caller caller, SecurityGroupId group) {
        group(caller, group);
        securityGroups.remove(group.value());
    }
}
