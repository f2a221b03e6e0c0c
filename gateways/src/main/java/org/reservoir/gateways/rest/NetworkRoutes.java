package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.create;
import static org.reservoir.gateways.rest.Route.delete;
import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.patch;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

import org.reservoir.interfaces.vmi.Network;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Networks;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.kernel.NetworkId;

/** Virtual networks and their addresses over REST. */
final class NetworkRoutes {
    private static final String NETWORKS = "/api/veem/v1/networks";
    private static final String NETWORK = NETWORKS + "/{network}";

    private final Networks networks;
    private final Names names;

    NetworkRoutes(Networks networks, Names names) {
        this.networks = networks;
        this.names = names;
    }

    /** @param address empty for any free one */
    record ReservationRequest(Optional<String> address, Optional<String> note) {}

    record Reservation(String address) {}

    List<Route> routes() {
        return List.of(
                get(NETWORKS, "network.list", "Lists networks that the caller may see.", x -> x.paged(networks.networks(x.caller(), x.page())))
                        .pages(Network.class),
                create(NETWORKS, "network.create", "Makes a virtual network.", this::make).takes(NetworkSpec.class).answers(Network.class),
                get(NETWORK, "network.show", "Shows a network.", x -> Answer.of(networks.network(x.caller(), network(x)))).answers(Network.class),
                patch(NETWORK, "network.own", "Changes whose it is and what others may do with it.",
                        x -> Answer.of(networks.own(x.caller(), network(x), x.body(Ownership.class)))).takes(Ownership.class).answers(Network.class),
                delete(NETWORK, "network.delete", "Deletes a network that no NIC is plugged in.", this::drop),
                get(NETWORK + "/leases", "network.leases", "Which addresses are leased or reserved.", x -> Answer.of(networks.leases(x.caller(), network(x))))
                        .answers(Network.Leases.class),
                create(NETWORK + "/reservations", "network.reserve", "Keeps an address from being given to a NIC.", this::reserve)
                        .takes(ReservationRequest.class).answers(Reservation.class),
                delete(NETWORK + "/reservations/{address}", "network.release", "Gives a reserved address back.", this::release));
    }

    private NetworkId network(Exchange x) {
        return names.network(x.caller(), x.path("network"));
    }

    private Answer make(Exchange x) throws IOException {
        var network = networks.create(x.caller(), x.body(NetworkSpec.class));
        return Answer.created(network, NETWORKS + "/" + network.id());
    }

    private Answer drop(Exchange x) {
        networks.delete(x.caller(), network(x));
        return Answer.NOTHING;
    }

    private Answer reserve(Exchange x) throws IOException {
        var request = x.body(ReservationRequest.class);
        return Answer.of(new Reservation(networks.reserve(x.caller(), network(x), request.address(), request.note().orElse(""))));
    }

    private Answer release(Exchange x) {
        networks.release(x.caller(), network(x), x.path("address"));
        return Answer.NOTHING;
    }
}
