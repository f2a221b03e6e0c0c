package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.create;
import static org.reservoir.gateways.rest.Route.delete;
import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.put;

import java.io.IOException;
import java.util.List;

import org.reservoir.interfaces.vmi.Networks;
import org.reservoir.interfaces.vmi.SecurityGroup;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.SecurityGroupId;

/** Security groups over REST. */
final class SecurityGroupRoutes {
    private static final String GROUPS = "/api/veem/v1/security-groups";
    private static final String GROUP = GROUPS + "/{secgroup}";

    private final Networks networks;
    private final Names names;

    SecurityGroupRoutes(Networks networks, Names names) {
        this.networks = networks;
        this.names = names;
    }

    record GroupRequest(String name, List<SecurityGroup.Rule> rules) {
        GroupRequest {
            Name.of("security group", name);
            rules = List.copyOf(rules);
        }
    }

    record Rules(List<SecurityGroup.Rule> rules) {
        Rules {
            rules = List.copyOf(rules);
        }
    }

    List<Route> routes() {
        return List.of(
                get(GROUPS, "secgroup.list", "Lists security groups that the caller may see.", x -> x.paged(networks.groups(x.caller(), x.page())))
                        .pages(SecurityGroup.class),
                create(GROUPS, "secgroup.create", "Makes a security group.", this::make).takes(GroupRequest.class).answers(SecurityGroup.class),
                get(GROUP, "secgroup.show", "Shows a security group.", x -> Answer.of(networks.group(x.caller(), group(x)))).answers(SecurityGroup.class),
                put(GROUP + "/rules", "secgroup.change", "Replaces its rules, on running VEEs too.", this::change).takes(Rules.class)
                        .answers(SecurityGroup.class),
                delete(GROUP, "secgroup.delete", "Deletes a security group that no NIC names.", this::drop));
    }

    private SecurityGroupId group(Exchange x) {
        return names.securityGroup(x.caller(), x.path("secgroup"));
    }

    private Answer make(Exchange x) throws IOException {
        var request = x.body(GroupRequest.class);
        var group = networks.createGroup(x.caller(), request.name(), request.rules());
        return Answer.created(group, GROUPS + "/" + group.id());
    }

    private Answer change(Exchange x) throws IOException {
        return Answer.of(networks.changeGroup(x.caller(), group(x), x.body(Rules.class).rules()));
    }

    private Answer drop(Exchange x) {
        networks.deleteGroup(x.caller(), group(x));
        return Answer.NOTHING;
    }
}
