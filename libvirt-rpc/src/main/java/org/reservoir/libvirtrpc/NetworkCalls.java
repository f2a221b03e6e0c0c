package org.reservoir.libvirtrpc;

import static org.reservoir.libvirtrpc.LibvirtError.NO_NETWORK;
import static org.reservoir.libvirtrpc.Procedure.*;

import java.util.Optional;
import java.util.Set;

/** Virtual networks of one host, by name. */
public interface NetworkCalls extends Caller {

    private Named networkOf(String name) {
        return call(NETWORK_LOOKUP_BY_NAME, out -> out.text(name), XdrReader::named);
    }

    /** The network's XML, when there is one; the running one when it runs. */
    default Optional<String> networkXml(String name) {
        return callUnless(Set.of(NO_NETWORK), NETWORK_LOOKUP_BY_NAME, out -> out.text(name), XdrReader::named)
                .map(network -> call(NETWORK_GET_XML_DESC, out -> out.named(network).number(0), XdrReader::text));
    }

    default boolean networkRuns(String name) {
        return call(NETWORK_IS_ACTIVE, out -> out.named(networkOf(name)), XdrReader::number) != 0;
    }

    default void defineNetwork(String xml) {
        call(NETWORK_DEFINE_XML, out -> out.text(xml));
    }

    /** Starts the network and lets it start with the host. */
    default void startNetwork(String name) {
        var network = networkOf(name);
        call(NETWORK_CREATE, out -> out.named(network));
        call(NETWORK_SET_AUTOSTART, out -> out.named(network).number(1));
    }

    default void stopNetwork(String name) {
        call(NETWORK_DESTROY, out -> out.named(networkOf(name)));
    }

    default void undefineNetwork(String name) {
        call(NETWORK_UNDEFINE, out -> out.named(networkOf(name)));
    }

    /**
     * virNetworkUpdate of a DHCP host, running and persistent.
     *
     * @param command {@link Flags#NETWORK_ADD_LAST} or {@link Flags#NETWORK_DELETE}
     * @param ip      in which of the network's {@code ip} elements, from 0
     */
    default void updateDhcpHost(String name, int command, int ip, String xml) {
        call(NETWORK_UPDATE, out -> out.named(networkOf(name)).number(command).number(Flags.NETWORK_SECTION_IP_DHCP_HOST).number(ip).text(xml)
                .number(Flags.AFFECT_LIVE | Flags.AFFECT_CONFIG));
    }
}
