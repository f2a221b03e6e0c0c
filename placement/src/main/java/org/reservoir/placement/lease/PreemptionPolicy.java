package org.reservoir.placement.lease;

import java.util.List;

/** Says which lease may be suspended or put back for which, and which first. */
@FunctionalInterface
public interface PreemptionPolicy {
    double NEVER = -1;
    long DAY = 86_400;

    /**
     * @param time at which {@code victim} would have to make room
     * @return how readily, from 0 on; {@link #NEVER} when not at all. Those with the lowest scores are taken first
     */
    double score(LeaseView preemptor, LeaseView victim, long time);

    /** Of many at once, in their order. */
    default double[] scores(LeaseView preemptor, List<? extends LeaseView> victims, long time) {
        return victims.stream().mapToDouble(victim -> score(preemptor, victim, time)).toArray();
    }

    /** No lease makes room for another. */
    PreemptionPolicy NONE = (_, _, _) -> NEVER;

    /**
     * Reservations preempt best-effort leases, those that arrived earliest first, but none that has waited for a week (Haizea's ar-preempts-everything, which
     * its ar-preempts-be equals).
     */
    PreemptionPolicy RESERVATIONS_FIRST = (preemptor, victim, time) -> preemptor.kind() == LeaseKind.ADVANCE_RESERVATION && victim.kind() == LeaseKind.BEST_EFFORT
            ? youth(time - victim.request().arrival()) : NEVER;

    private static double youth(long age) {
        return age >= 7 * DAY ? NEVER : (31 * DAY - age) / (double) (31 * DAY);
    }

    /** Leases with a deadline make room while they can still meet it, those with the least slack first (Haizea's deadline). @param suspending whether leases can be suspended */
    static PreemptionPolicy deadlines(boolean suspending) {
        return (preemptor, victim, time) -> {
            if (victim.kind() != LeaseKind.DEADLINE) {
                return NEVER;
            }
            long remaining = suspending ? victim.remainingAt(time) : victim.request().duration();
            long delay = preemptor.request().duration() + (suspending ? victim.suspendSeconds() + victim.resumeSeconds() : 0);
            long deadline = victim.request().deadline().getAsLong();
            return time + delay + remaining < deadline ? (deadline - (time + delay)) / (double) remaining : NEVER;
        };
    }
}
