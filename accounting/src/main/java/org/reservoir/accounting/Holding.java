package org.reservoir.accounting;

import java.util.Optional;

import org.reservoir.interfaces.vmi.VeeState;

/** What a VEE holds of a host while it is in a state: the coarse classes of states that have prices of their own. */
public enum Holding {
    /** Processors, memory and disk. */ RUNNING,
    /** Memory and disk; halted. */ SUSPENDED,
    /** Disk, with its memory written there. */ STOPPED,
    /** Disk. */ POWERED_OFF;

    /**
     * What a VEE that held {@code before} holds once it is in state {@code to}; empty: nothing that is charged.
     * On its way from one state to another a VEE is charged as before it left, so nobody pays for how long the site takes to
     * boot, resume or place it. While its host does not answer and when it has failed nothing is charged, for nothing proves
     * that the customer had the use of it.
     */
    static Optional<Holding> after(Optional<Holding> before, VeeState to) {
        return switch (to) {
            case RUNNING -> Optional.of(RUNNING);
            case SUSPENDED -> Optional.of(SUSPENDED);
            case STOPPED -> Optional.of(STOPPED);
            case POWERED_OFF, UNDEPLOYED -> Optional.of(POWERED_OFF);
            case CHANGING, MIGRATING, SUSPENDING, STOPPING, RESUMING, SHUTTING_DOWN, BOOTING, UNDEPLOYING, TERMINATING -> before;
            case PENDING, DEPLOYING -> before.filter(POWERED_OFF::equals); // undeployed before: its disks are still kept
            case HELD, UNKNOWN, FAILED, TERMINATED -> Optional.empty();
        };
    }
}
