package org.reservoir.interfaces.vmi;

/**
 * VMI: what anyone may ask of the virtualisation layer of a site — the Service Manager above it, a gateway, a peer site.
 *
 * <p>Calls return when the wish is durably noted, not when it is fulfilled: what follows is seen in the VEE's state and in the
 * site's events. A wish that cannot be noted is a {@link org.reservoir.kernel.Refused} and has changed nothing. Every call
 * says for whom it is made; objects that the caller may not use look as if they did not exist.
 */
public interface Vmi {
    Vees vees();

    Images images();

    Networks networks();

    Templates templates();

    Hosts hosts();

    Leases leases();

    Placements placements();

    Licences licences();
}
