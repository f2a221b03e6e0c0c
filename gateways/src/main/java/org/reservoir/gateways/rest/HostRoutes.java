package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.act;
import static org.reservoir.gateways.rest.Route.create;
import static org.reservoir.gateways.rest.Route.delete;
import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.patch;
import static org.reservoir.gateways.rest.Route.put;

import java.io.IOException;
import java.util.List;

import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.HostChange;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Hosts;
import org.reservoir.kernel.HostId;

/** Hosts over REST, for infrastructure administrators. */
final class HostRoutes {
    private static final String HOSTS = "/api/veeh/v1/hosts";
    private static final String HOST = HOSTS + "/{host}";

    private final Hosts hosts;
    private final Names names;

    HostRoutes(Hosts hosts, Names names) {
        this.hosts = hosts;
        this.names = names;
    }

    List<Route> routes() {
        return List.of(
                get(HOSTS, "host.list", "Lists hosts.", x -> x.paged(hosts.hosts(x.caller(), x.page()))).pages(Host.class),
                create(HOSTS, "host.add", "Connects to a host, finds out what it is, and keeps it.", this::add).takes(HostRequest.class).answers(Host.class),
                get(HOST, "host.show", "Shows a host.", x -> Answer.of(hosts.host(x.caller(), host(x)))).answers(Host.class),
                put(HOST, "host.replace", "Replaces labels, cluster, factors, reserves and options; name and URI stay.",
                        x -> Answer.of(hosts.change(x.caller(), host(x), x.body(HostRequest.class)))).takes(HostRequest.class).answers(Host.class),
                patch(HOST, "host.change", "Changes labels, cluster, factors, reserves and options; what is left out stays.",
                        x -> Answer.of(hosts.change(x.caller(), host(x), x.body(HostChange.class)))).takes(HostChange.class).answers(Host.class),
                act(HOST + "/actions/enable", "host.enable", "Lets it take VEEs.", x -> Answer.of(hosts.enable(x.caller(), host(x)))).answers(Host.class),
                act(HOST + "/actions/disable", "host.disable", "Lets it keep its VEEs and take no more.", x -> Answer.of(hosts.disable(x.caller(), host(x))))
                        .answers(Host.class),
                act(HOST + "/actions/evacuate", "host.evacuate", "Moves its VEEs away and lets it take no more.",
                        x -> Answer.of(hosts.evacuate(x.caller(), host(x)))).answers(Host.class),
                act(HOST + "/actions/sleep", "host.sleep", "Puts a host without VEEs to sleep.", x -> Answer.of(hosts.sleep(x.caller(), host(x)))).answers(Host.class),
                act(HOST + "/actions/wake", "host.wake", "Wakes a host that sleeps; it takes VEEs again when it answers.", x -> Answer.of(hosts.wake(x.caller(), host(x)))).answers(Host.class),
                delete(HOST, "host.remove", "Forgets a host without VEEs.", this::remove));
    }

    private HostId host(Exchange x) {
        return names.host(x.caller(), x.path("host"));
    }

    private Answer add(Exchange x) throws IOException {
        var host = hosts.add(x.caller(), x.body(HostRequest.class));
        return Answer.created(host, HOSTS + "/" + host.id());
    }

    private Answer remove(Exchange x) {
        hosts.remove(x.caller(), host(x));
        return Answer.NOTHING;
    }
}
