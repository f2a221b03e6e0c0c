package org.reservoir.accounting;

import java.time.Instant;
import java.util.Optional;

import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Interval;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;

/**
 * A stretch of time in which what a VEE held did not change. It names no host: where a VEE runs is nothing to who pays.
 *
 * @param since when the VEE was first charged; granules of time are counted from there
 * @param time  half open
 */
public record Usage(VeeId vee, String name, UserId user, GroupId group, Optional<ServiceId> service, Optional<String> component,
                    Holding holding, Amounts amounts, Instant since, Interval time) {
    Usage during(Interval other) {
        return new Usage(vee, name, user, group, service, component, holding, amounts, since, other);
    }
}
