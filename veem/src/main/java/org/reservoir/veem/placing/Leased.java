package org.reservoir.veem.placing;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Refused;
import org.reservoir.veem.kept.LeaseTable;
import org.reservoir.veem.kept.Lifecycle;
import org.reservoir.veem.kept.VeeRecord;

/** Keeps from VEEs of a lease what would take room at another time or place than the lease has planned for them. */
public final class Leased {
    private Leased() {}

    /** @throws Refused {@code VEE_IS_LEASED} */
    public static void require(Handle sql, VeeRecord vee, VeeAction action) {
        if (disturbs(vee, action)) {
            LeaseTable.leaseOf(sql, vee.id()).ifPresent(lease -> {
                throw Refused.conflict("VEE_IS_LEASED", "%s belongs to %s, which decides when and where it runs; %s is not possible.".formatted(vee.id(), lease, Lifecycle.verb(action)),
                        "Give the lease up instead: reservoir lease cancel " + lease);
            });
        }
    }

    private static boolean disturbs(VeeRecord vee, VeeAction action) {
        return switch (action) {
            case VeeAction.Release _, VeeAction.Hold _, VeeAction.Deploy _, VeeAction.Stop _, VeeAction.Undeploy _, VeeAction.Resize _, VeeAction.Migrate _, VeeAction.Own _ -> true;
            case VeeAction.Resume _ -> vee.state() == VeeState.STOPPED || vee.state() == VeeState.UNDEPLOYED;
            case VeeAction.Reschedule(var wanted) -> wanted;
            default -> false;
        };
    }
}
