package org.reservoir.placement.lease;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The states of a lease and, in {@link #LIFECYCLE}, which may follow which. States and rows are Haizea 1.1's; a lost host and a price that is refused
 * while the lease waits add the rows of {@link #ADDED}.
 */
public enum LeaseState {
    NEW("New"), PENDING("Pending"), REJECTED("Rejected"), SCHEDULED("Scheduled"), QUEUED("Queued"), CANCELLED("Cancelled"), PREPARING("Preparing"), READY("Ready"),
    ACTIVE("Active"), SUSPENDING("Suspending"), SUSPENDED_PENDING("Suspended-Pending"), SUSPENDED_QUEUED("Suspended-Queued"),
    SUSPENDED_SCHEDULED("Suspended-Scheduled"), MIGRATING("Migrating"), RESUMING("Resuming"), RESUMED_READY("Resumed-Ready"), DONE("Done"), FAIL("Fail"),
    REJECTED_BY_USER("Rejected by user");

    private static final Map<LeaseState, Set<LeaseState>> LIFECYCLE = new EnumMap<>(LeaseState.class);
    private static final Map<LeaseState, Set<LeaseState>> ADDED = new EnumMap<>(LeaseState.class);

    static {
        LIFECYCLE.put(NEW, EnumSet.of(PENDING));
        LIFECYCLE.put(PENDING, EnumSet.of(SCHEDULED, QUEUED, CANCELLED, REJECTED, REJECTED_BY_USER));
        LIFECYCLE.put(SCHEDULED, EnumSet.of(PREPARING, QUEUED, PENDING, READY, CANCELLED, FAIL));
        LIFECYCLE.put(QUEUED, EnumSet.of(SCHEDULED, CANCELLED));
        LIFECYCLE.put(PREPARING, EnumSet.of(READY, QUEUED, PENDING, CANCELLED, FAIL));
        LIFECYCLE.put(READY, EnumSet.of(ACTIVE, QUEUED, PENDING, CANCELLED, FAIL));
        LIFECYCLE.put(ACTIVE, EnumSet.of(SUSPENDING, READY, QUEUED, DONE, CANCELLED, FAIL));
        LIFECYCLE.put(SUSPENDING, EnumSet.of(SUSPENDED_PENDING, CANCELLED, FAIL));
        LIFECYCLE.put(SUSPENDED_PENDING, EnumSet.of(SUSPENDED_QUEUED, SUSPENDED_SCHEDULED, CANCELLED, FAIL));
        LIFECYCLE.put(SUSPENDED_QUEUED, EnumSet.of(SUSPENDED_SCHEDULED, CANCELLED, FAIL));
        LIFECYCLE.put(SUSPENDED_SCHEDULED, EnumSet.of(SUSPENDED_QUEUED, SUSPENDED_PENDING, MIGRATING, RESUMING, CANCELLED, FAIL));
        LIFECYCLE.put(MIGRATING, EnumSet.of(SUSPENDED_SCHEDULED, CANCELLED, FAIL));
        LIFECYCLE.put(RESUMING, EnumSet.of(RESUMED_READY, CANCELLED, FAIL));
        LIFECYCLE.put(RESUMED_READY, EnumSet.of(ACTIVE, CANCELLED, FAIL));
        for (var end : EnumSet.of(DONE, CANCELLED, FAIL, REJECTED, REJECTED_BY_USER)) {
            LIFECYCLE.put(end, EnumSet.noneOf(LeaseState.class));
        }
        ADDED.put(QUEUED, EnumSet.of(REJECTED, REJECTED_BY_USER));
        for (var withImage : EnumSet.of(SUSPENDING, SUSPENDED_PENDING, SUSPENDED_QUEUED, SUSPENDED_SCHEDULED, MIGRATING, RESUMING, RESUMED_READY)) {
            ADDED.put(withImage, EnumSet.of(QUEUED, PENDING)); // its image or its VEEs were on a host that is lost: it begins anew
        }
        ADDED.put(ACTIVE, EnumSet.of(PENDING));
        ADDED.put(PENDING, EnumSet.of(FAIL));
    }

    private final String label;

    LeaseState(String label) {
        this.label = label;
    }

    /** The name that Haizea prints. */
    public String label() {
        return label;
    }

    /** Nothing follows. */
    public boolean isEnd() {
        return LIFECYCLE.get(this).isEmpty();
    }

    public boolean mayBecome(LeaseState next) {
        return LIFECYCLE.get(this).contains(next) || ADDED.getOrDefault(this, Set.of()).contains(next);
    }

    boolean isSuspended() {
        return this == SUSPENDED_PENDING || this == SUSPENDED_QUEUED || this == SUSPENDED_SCHEDULED;
    }
}
