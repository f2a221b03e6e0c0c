package org.reservoir.servicemanager;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Network;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Networks;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.SecurityGroup;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.SecurityGroupId;

/** Networks in memory: names and subnets are unique, those in use stay. */
final class FakeNetworks implements Networks {
    private final FakeSite site;
    private final Map<NetworkId, Network> networks = new LinkedHashMap<>();
    private long numbers = 1;

    FakeNetworks(FakeSite site) {
        this.site = site;
    }

    @Override
    public synchronized Network create(Caller caller, NetworkSpec spec) {
        site.mayCutOff(true);
        if (networks.values().stream().anyMatch(n -> n.name().equals(spec.name()))) {
            throw Refused.conflict("NETWORK_NAME_TAKEN", "There is a network '%s' already.".formatted(spec.name()), "");
        }
        if (networks.values().stream().anyMatch(n -> n.spec().ranges().getFirst().equals(spec.ranges().getFirst()))) {
            throw Refused.conflict("SUBNET_TAKEN", "Another network has that subnet.", "");
        }
        var network = new Network(new NetworkId(numbers++), spec.name(), Ownership.privateTo(caller), spec, 0, 250);
        networks.put(network.id(), network);
        site.mayCutOff(false);
        return network;
    }

    @Override
    public synchronized Network network(Caller caller, NetworkId network) {
        return networks.get(network);
    }

    @Override
    public synchronized Page<Network> networks(Caller caller, Page.Request page) {
        return new Page<>(List.copyOf(networks.values()), Optional.empty());
    }

    @Override
    public synchronized void delete(Caller caller, NetworkId network) {
        site.mayCutOff(true);
        if (!networks.containsKey(network)) {
            throw Refused.notFound("NETWORK_NOT_FOUND", "There is no " + network, "");
        }
        if (site.living().stream().anyMatch(vee -> vee.spec().nics().stream().anyMatch(nic -> nic.network().equals(network)))) {
            throw Refused.conflict("NETWORK_IN_USE", "VEEs are on %s.".formatted(network), "");
        }
        networks.remove(network);
        site.mayCutOff(false);
    }

    @Override
    public Network.Leases leases(Caller caller, NetworkId network) {
        throw FakeSite.notOurs();
    }

    @Override
    public String reserve(Caller caller, NetworkId network, Optional<String> address, String note) {
        throw FakeSite.notOurs();
    }

    @Override
    public void release(Caller caller, NetworkId network, String address) {
        throw FakeSite.notOurs();
    }

    @Override
    public Network own(Caller caller, NetworkId network, Ownership ownership) {
        throw FakeSite.notOurs();
    }

    @Override
    public SecurityGroup createGroup(Caller caller, String name, List<SecurityGroup.Rule> rules) {
        throw FakeSite.notOurs();
    }

    @Override
    public SecurityGroup changeGroup(Caller caller, SecurityGroupId group, List<SecurityGroup.Rule> rules) {
        throw FakeSite.notOurs();
    }

    @Override
    public SecurityGroup group(Caller caller, SecurityGroupId group) {
        throw FakeSite.notOurs();
    }

    @Override
    public Page<SecurityGroup> groups(Caller caller, Page.Request page) {
        throw FakeSite.notOurs();
    }

    @Override
    public void deleteGroup(Caller caller, SecurityGroupId group) {
        throw FakeSite.notOurs();
    }
}
