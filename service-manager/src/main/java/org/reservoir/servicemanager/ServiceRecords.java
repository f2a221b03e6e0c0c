package org.reservoir.servicemanager;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

import org.reservoir.interfaces.smi.Decision;
import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.manifest.Manifest;

/**
 * What is durably known of services. Each call is one transaction: the change, the event that tells it, and the work that follows from it.
 * A change that finds the service otherwise than it assumes changes nothing.
 */
interface ServiceRecords {
    /** @throws org.reservoir.kernel.Refused {@code SERVICE_NAME_TAKEN} when the owner has a living service of that name */
    ServiceId add(Submission submission, Instant now);

    /** How many were ever taken in, by whichever server of the site. */
    long takenIn();

    /**
     * Takes it in if {@link #takenIn} is still what it was.
     *
     * @return empty when another was taken in meanwhile
     * @throws org.reservoir.kernel.Refused {@code SERVICE_NAME_TAKEN}
     */
    Optional<ServiceId> addAfter(long takenIn, Submission submission, Instant now);

    /** @param images by file id */
    record Submission(String name, Caller owner, byte[] document, Manifest manifest, Map<String, String> properties, Map<String, ImageId> images) {}

    Optional<KeptService> find(ServiceId service);

    /** The manifest as it was handed in. */
    byte[] document(ServiceId service);

    /** Ascending by id, those after {@code after}. */
    List<KeptService> list(Optional<ServiceId> after, int most);

    /** Services that are to be there and have a component with rules that was complete once. */
    List<KeptService> scalable();

    /**
     * Sets the replicas that are wanted of a component.
     *
     * @param from  what they must be now; empty for whatever they are
     * @param asOne what of them is to come together or not at all
     * @return whether it was done
     */
    boolean want(ServiceId service, String component, Optional<Integer> from, int replicas, Optional<AsOne> asOne, Instant now, String why);

    /** From now on it is to be ended. */
    void end(ServiceId service, Instant now, String why);

    /** Forgets all that went wrong, so that it is tried again. */
    void forgive(ServiceId service, Instant now);

    void force(ServiceId service, String component, boolean inForce, Instant now);

    void keepNetwork(ServiceId service, String network, KeptService.KeptNetwork kept);

    /** Writes down what a turn came to. @param up what the turn assumed that is wanted */
    void progress(ServiceId service, boolean up, Progress progress, Instant now);

    /**
     * @param started  components that were complete for the first time
     * @param well     replicas whose troubles are over
     * @param troubles what went wrong in this turn
     * @param clearing what went wrong with taking networks away
     */
    record Progress(Service.State state, Optional<String> problem, Set<String> started, Set<Outcome.ReplicaKey> well,
                    Map<Outcome.ReplicaKey, Attempt> troubles, Optional<Attempt> clearing) {}

    void decided(ServiceId service, Decision decision);

    /** Newest first, those before {@code before}. */
    List<NumberedDecision> decisions(ServiceId service, OptionalLong before, int most);

    record NumberedDecision(long number, Decision decision) {}
}
