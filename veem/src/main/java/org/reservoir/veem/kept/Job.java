package org.reservoir.veem.kept;

import org.reservoir.interfaces.vmi.VeeState;

/** What the VEEM does at a host for a VEE that passes from one state to another. */
public enum Job {
    DEPLOY, PAUSE, UNPAUSE, SAVE, RESTORE, SHUT_DOWN, BOOT, REBOOT, UNDEPLOY, TERMINATE, MIGRATE,
    RESIZE, ATTACH_DISK, DETACH_DISK, RESIZE_DISK, SAVE_DISK, ATTACH_NIC, DETACH_NIC, FILTER_NIC, TAKE_SNAPSHOT, REVERT_SNAPSHOT, DELETE_SNAPSHOT;

    /** How the job is told to people: {@code attach-disk}. */
    public String words() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** What can only be brought to its end: nothing brings back what may be gone already. */
    public boolean oneWay() {
        return switch (this) {
            case TERMINATE, DETACH_DISK, RESIZE_DISK, DELETE_SNAPSHOT -> true;
            default -> false;
        };
    }

    /** Whether a guest that was off may run afterwards. */
    public boolean mayBegin() {
        return after(VeeState.POWERED_OFF) == VeeState.RUNNING || this == REVERT_SNAPSHOT;
    }

    /** Whether something may stay at the host when the job is given up half way, so that it must be done backward. */
    public boolean leavesTraces() {
        return switch (this) {
            case DEPLOY, MIGRATE, UNDEPLOY, ATTACH_DISK, ATTACH_NIC, DETACH_NIC, FILTER_NIC, RESIZE, TAKE_SNAPSHOT -> true;
            default -> false;
        };
    }

    /** The state that a VEE passes through while the job is done. */
    public VeeState during() {
        return switch (this) {
            case DEPLOY -> VeeState.DEPLOYING;
            case PAUSE -> VeeState.SUSPENDING;
            case SAVE -> VeeState.STOPPING;
            case UNPAUSE, RESTORE -> VeeState.RESUMING;
            case SHUT_DOWN -> VeeState.SHUTTING_DOWN;
            case BOOT -> VeeState.BOOTING;
            case UNDEPLOY -> VeeState.UNDEPLOYING;
            case TERMINATE -> VeeState.TERMINATING;
            case MIGRATE -> VeeState.MIGRATING;
            case REBOOT, RESIZE, ATTACH_DISK, DETACH_DISK, RESIZE_DISK, SAVE_DISK, ATTACH_NIC, DETACH_NIC, FILTER_NIC, TAKE_SNAPSHOT, REVERT_SNAPSHOT,
                 DELETE_SNAPSHOT -> VeeState.CHANGING;
        };
    }

    /** Where the VEE is when the job is done, having been in {@code before}. */
    public VeeState after(VeeState before) {
        return switch (this) {
            case DEPLOY, UNPAUSE, RESTORE, BOOT, REBOOT -> VeeState.RUNNING;
            case PAUSE -> VeeState.SUSPENDED;
            case SAVE -> VeeState.STOPPED;
            case SHUT_DOWN -> VeeState.POWERED_OFF;
            case UNDEPLOY -> VeeState.UNDEPLOYED;
            case TERMINATE -> VeeState.TERMINATED;
            case MIGRATE -> before == VeeState.UNKNOWN ? VeeState.RUNNING : before;
            case RESIZE, ATTACH_DISK, DETACH_DISK, RESIZE_DISK, SAVE_DISK, ATTACH_NIC, DETACH_NIC, FILTER_NIC, TAKE_SNAPSHOT, REVERT_SNAPSHOT,
                 DELETE_SNAPSHOT -> before;
        };
    }
}
