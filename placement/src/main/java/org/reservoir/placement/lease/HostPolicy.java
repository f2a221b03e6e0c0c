package org.reservoir.placement.lease;

/** Says which hosts a lease is put on first. */
@FunctionalInterface
public interface HostPolicy {
    int LEASES_THAT_COUNT = 4;

    /**
     * @param host         id of the host
     * @param leases       how many leases have a part of it at that time
     * @param free         what is free then
     * @param unchangedFor for how many seconds that stays so; {@link Long#MAX_VALUE} for ever
     * @return the higher, the earlier it is tried; among equals the order of the site
     */
    double score(long host, int leases, Quantity free, long unchangedFor, LeaseView lease);

    /** The order of the site (Haizea's no-policy). */
    HostPolicy IN_ORDER = (_, _, _, _, _) -> 1;

    /** Hosts with few leases, on which nothing changes for as long as the lease lasts (Haizea's greedy). */
    HostPolicy QUIET_FIRST = (_, leases, _, unchangedFor, lease) -> {
        double few = (LEASES_THAT_COUNT - Math.min(leases, LEASES_THAT_COUNT)) / (double) LEASES_THAT_COUNT;
        double quiet = unchangedFor >= lease.request().duration() ? 1 : unchangedFor / (double) lease.request().duration();
        return 0.5 * few + 0.25 + 0.25 * quiet;
    };
}
