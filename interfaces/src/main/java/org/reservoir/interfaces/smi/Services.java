package org.reservoir.interfaces.smi;

import java.util.List;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.kernel.ServiceId;

/**
 * SMI: what a service provider may ask of a site. A service is a manifest brought to life; calls return when the wish is
 * durably noted, and what follows is seen in the service's state and in the site's events (topic {@code service}).
 */
public interface Services {
    /** Reads the manifest and says what is wrong or doubtful with it; changes nothing. */
    List<Finding> check(byte[] manifest);

    /** What {@link #submit} would do: steps in order, capacity and price at the fewest, first and most replicas; changes nothing. */
    ServicePlan plan(Caller caller, ServiceRequest request);

    /**
     * Takes a service in, if it can be given what it is promised.
     *
     * @throws org.reservoir.kernel.Refused {@code NOT_ADMITTED} with how often it would have what it wants, and what would help; {@code MANIFEST_NOT_WELL_FORMED} and others
     */
    Service submit(Caller caller, ServiceRequest request);

    Service service(Caller caller, ServiceId service);

    Page<Service> services(Caller caller, Page.Request page);

    /** Sets the wanted number of replicas of a component, within its bounds. Rules go on from there. */
    Service scale(Caller caller, ServiceId service, String component, int replicas);

    /** Ends all its VEEs in reverse startup order. */
    Service undeploy(Caller caller, ServiceId service);

    /** Gets a failed service going: the failed step again. */
    Service retry(Caller caller, ServiceId service);

    /** Switches a component's elasticity rules on or off; off, they still decide, and the decision is only noted. */
    Service rules(Caller caller, ServiceId service, String component, boolean inForce);

    /** What the rules decided and why, newest first. */
    Page<Decision> decisions(Caller caller, ServiceId service, Page.Request page);

    /** The manifest as it was handed in. */
    byte[] manifest(Caller caller, ServiceId service);
}
