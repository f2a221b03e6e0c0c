package org.reservoir.gateways;

import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.ServiceId;

/**
 * The gateways of measurements between this site and others, one for each service and peer: what of a service crosses here is what its
 * VEEs and the service itself measure; what hosts measure never does. Each server of a site opens its own ways out, and is asked for them.
 */
public interface BordersView {
    /**
     * @param direction OUT to the peer, or IN from it
     * @param at        where the peer hears; empty for those that come in
     * @param passed    measurements that crossed
     * @param refused   measurements that came in and were none of the peer's business
     * @param problem   why it is not connected; empty when it is
     */
    record Border(ServiceId service, String peer, String direction, Optional<String> at, int streams, long passed, long refused, String problem) {}

    /**
     * @param peer   the other site's name
     * @param at     where it hears, ADDRESS:PORT
     * @param over   tls (when left out) or tcp
     * @param key    that the peer made for it
     * @param trust  PEM certificates that vouch for the peer's; those that the machine trusts when left out
     * @param abroad the service's id at the peer; the same when left out
     */
    record Opening(String peer, String at, Optional<String> over, String key, Optional<String> trust, Optional<ServiceId> abroad) {}

    record Admitting(String peer) {}

    /** @param key shown this once */
    record Admitted(ServiceId service, String peer, String key) {}

    List<Border> borders();

    /** @throws org.reservoir.kernel.Refused {@code BORDER_EXISTS}, {@code BAD_KEY}, {@code BAD_ADDRESS}, {@code BAD_CERTIFICATE} */
    void open(String by, ServiceId service, Opening opening);

    /** @throws org.reservoir.kernel.Refused {@code BORDER_NOT_FOUND} */
    void close(String by, ServiceId service, String peer);

    /** Lets measurements of a service in from a peer. @throws org.reservoir.kernel.Refused {@code BORDER_EXISTS}, {@code NO_AGENTS_HEARD} */
    Admitted admit(String by, ServiceId service, String peer);

    /** Lets them in no more, at once. @throws org.reservoir.kernel.Refused {@code BORDER_NOT_FOUND} */
    void dismiss(String by, ServiceId service, String peer);
}
