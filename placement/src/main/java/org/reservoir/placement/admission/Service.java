package org.reservoir.placement.admission;

import java.util.List;

import org.reservoir.kernel.Refused;
import org.reservoir.placement.Demand;

/**
 * A service as admission sees it.
 *
 * @param name     also the group of its VEEs, by which those that run already are known
 * @param tiers    its tiers
 * @param promised the share of time for which it shall have all that it wants: 0.999
 */
public record Service(String name, List<Tier> tiers, double promised) {
    public Service {
        tiers = List.copyOf(tiers);
        if (!(promised >= 0 && promised < 1)) {
            throw Refused.invalid("BAD_PROMISE", "A share of %s cannot be promised to %s.".formatted(promised, name), "Give a number from 0 to less than 1, such as 0.999.");
        }
    }

    /**
     * @param replica what each replica asks for; its id counts for nothing
     * @param least   replicas that always run
     * @param most    replicas that may run
     */
    public record Tier(String name, Demand replica, int least, int most, Load load) {
        private static final int MOST = 10_000;

        public Tier {
            if (least < 0 || most < least || most > MOST) {
                throw Refused.invalid("BAD_TIER", "Tier %s: from %d to %d replicas.".formatted(name, least, most), "Give 0 ≤ least ≤ most ≤ %d.".formatted(MOST));
            }
        }

        /** Whether a VEE may be one of its replicas. */
        boolean covers(Demand vee) {
            return vee.amounts().equals(replica.amounts()) && vee.groups().containsAll(replica.groups());
        }
    }
}
