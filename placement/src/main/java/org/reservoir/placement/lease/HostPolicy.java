package org.reservoir.placement.lease;

import java.util.List;

/** Says which hosts a lease is put on first. */
@FunctionalInterface
public interface HostPolicy {
    int LEASES_THAT_COUNT = 4;

    /**
     * A host at the time at which a lease would begin on it.
     *
     * @param id           of the host
     * @param leases       how many leases have a part of it then
     * @param free         what is free then
     * @param unchangedFor for how many seconds that stays so; {@link Long#MAX_VALUE} for ever
     */
    record Moment(long id, int leases, Quantity free, long unchangedFor) {}

    /** @return the higher, the earlier it is tried; among equals the order of the site */
    double score(Moment host, LeaseView lease);

    /** Of many at once, in their order. */
    default double[] scores(List<Moment> hosts, LeaseView lease) {
        var scores = new double[hosts.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = score(hosts.get(i), lease);
        }
        return scores;
    }

    /** The order of the site (Haizea's no-policy). */
    HostPolicy IN_ORDER = (_, _) -> 1;

    /** Hosts with few leases, on which nothing changes for as long as the lease lasts (Haizea's greedy). */
    HostPolicy QUIET_FIRST = (host, lease) -> {
        double few = (LEASES_THAT_COUNT - Math.min(host.leases(), LEASES_THAT_COUNT)) / (double) LEASES_THAT_COUNT;
        double quiet = host.unchangedFor() >= lease.request().duration() ? 1 : host.unchangedFor() / (double) lease.request().duration();
        return 0.5 * few + 0.25 + 0.25 * quiet;
    };
}
