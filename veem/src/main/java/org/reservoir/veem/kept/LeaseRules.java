package org.reservoir.veem.kept;

import java.time.Duration;
import java.util.OptionalLong;

import org.reservoir.placement.lease.LeasePolicies;
import org.reservoir.placement.lease.LeaseSettings;
import org.reservoir.placement.lease.LeaseSettings.Exclusion;
import org.reservoir.placement.lease.LeaseSettings.Migration;
import org.reservoir.placement.lease.LeaseSettings.Queueing;
import org.reservoir.placement.lease.LeaseSettings.Suspension;

/**
 * How leases of VEEs are planned and kept.
 *
 * @param settings how long suspending, resuming and shutting down are expected to take, and in which order leases wait
 * @param policies who is let in, and who makes room for whom
 * @param patience with a silent host before leases are planned without it, and with a VEE that does not start
 */
public record LeaseRules(LeaseSettings settings, LeasePolicies policies, Duration patience) {
    /** Memory goes to and from a host's own disk at 64 MB/s, between hosts at 400 Mbit/s; shutting down takes 10 s, any order 2 s; one best-effort lease may hold a place in the future. */
    public static final LeaseRules USUAL = new LeaseRules(new LeaseSettings(false, 1, Suspension.ALL, 64, 64, Exclusion.LOCAL, 1, OptionalLong.empty(), OptionalLong.empty(),
            OptionalLong.empty(), Migration.YES, 400, 10, 2, Queueing.BY_ARRIVAL), LeasePolicies.USUAL, Duration.ofMinutes(2));
}
