package org.reservoir.interfaces.vmi;

/** Where a VEE is in its life; the transitions stand in one table in the VEEM, drawn in docs/reference/vee-lifecycle.md. */
public enum VeeState {
    /** Waits for a release or its start time. */ HELD,
    /** Wants a place. */ PENDING,
    /** Has a host; its disks are being made and its guest boots. */ DEPLOYING,
    RUNNING,
    /** Something about it is being changed while it stays on its host; see {@link Vee#doing()}. */ CHANGING,
    SUSPENDING,
    /** Halted, its memory kept in the host's memory. */ SUSPENDED,
    STOPPING,
    /** Halted, its memory kept on the host's disk; it needs no CPU or memory. */ STOPPED,
    RESUMING,
    SHUTTING_DOWN,
    /** Shut off; its disks stay on the host. */ POWERED_OFF,
    BOOTING,
    MIGRATING,
    UNDEPLOYING,
    /** Shut off, its disks kept in the site's store; it has no host. */ UNDEPLOYED,
    /** Its host does not answer; the VEE may run or not. */ UNKNOWN,
    /** Something went wrong and waits for {@link VeeAction.Recover}; see {@link Vee#problem()}. */ FAILED,
    TERMINATING,
    /** Gone; only its history remains. */ TERMINATED;

    /** Whether the VEE is on its way to another state by itself. */
    public boolean passing() {
        return switch (this) {
            case PENDING, DEPLOYING, CHANGING, SUSPENDING, STOPPING, RESUMING, SHUTTING_DOWN, BOOTING, MIGRATING, UNDEPLOYING, TERMINATING -> true;
            case HELD, RUNNING, SUSPENDED, STOPPED, POWERED_OFF, UNDEPLOYED, UNKNOWN, FAILED, TERMINATED -> false;
        };
    }
}
