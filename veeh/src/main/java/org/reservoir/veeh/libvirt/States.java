package org.reservoir.veeh.libvirt;

import java.util.Optional;

import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.libvirtrpc.Flags;

/** What libvirt's numbers for states and events mean in our words. Pure tables. */
final class States {
    private States() {}

    /** @param saved whether libvirt keeps the domain's memory in a file */
    static GuestState of(int state, int reason, boolean saved) {
        return switch (state) {
            case Flags.STATE_RUNNING, Flags.STATE_BLOCKED -> GuestState.RUNNING;
            case Flags.STATE_PAUSED, Flags.STATE_PMSUSPENDED -> GuestState.PAUSED;
            case Flags.STATE_SHUTDOWN -> GuestState.SHUTTING_DOWN;
            case Flags.STATE_CRASHED -> GuestState.CRASHED;
            case Flags.STATE_SHUTOFF -> saved ? GuestState.SAVED : reason == Flags.SHUTOFF_CRASHED ? GuestState.CRASHED : GuestState.SHUT_OFF;
            default -> GuestState.SHUT_OFF;
        };
    }

    /** Of a domain that is shut off: libvirtd came up after it ended, or it never ran; or libvirtd found its process gone when it came up. */
    static boolean isUnexplained(int reason) {
        return reason == Flags.SHUTOFF_UNKNOWN || reason == Flags.SHUTOFF_DAEMON;
    }

    static boolean alive(int state) {
        return state >= Flags.STATE_RUNNING && state <= Flags.STATE_SHUTDOWN || state == Flags.STATE_PMSUSPENDED;
    }

    /** The state after a lifecycle event; empty for events that say nothing about it (defined; the two ends of a migration). */
    static Optional<GuestState> after(int event, int detail) {
        return switch (event) {
            case Flags.EVENT_STARTED -> detail == 1 ? Optional.empty() : Optional.of(GuestState.RUNNING);
            case Flags.EVENT_RESUMED -> Optional.of(GuestState.RUNNING);
            case Flags.EVENT_SUSPENDED -> detail == 1 ? Optional.empty() : Optional.of(GuestState.PAUSED);
            case Flags.EVENT_SHUTDOWN -> Optional.of(GuestState.SHUTTING_DOWN);
            case Flags.EVENT_CRASHED -> Optional.of(GuestState.CRASHED);
            case Flags.EVENT_STOPPED -> switch (detail) {
                case 2, 5 -> Optional.of(GuestState.CRASHED);
                case 3 -> Optional.empty();
                case 4 -> Optional.of(GuestState.SAVED);
                default -> Optional.of(GuestState.SHUT_OFF);
            };
            default -> Optional.empty();
        };
    }

    static String why(int event, int detail) {
        var names = switch (event) {
            case Flags.EVENT_STARTED -> new String[] {"booted", "arrived by migration", "restored", "started from a snapshot", "woke up"};
            case Flags.EVENT_SUSPENDED -> new String[] {"paused", "paused by migration", "paused by an I/O error", "paused by its watchdog", "restored paused"};
            case Flags.EVENT_RESUMED -> new String[] {"continued", "continued after migration"};
            case Flags.EVENT_STOPPED -> new String[] {"shut down", "ended", "crashed", "left by migration", "saved", "its process failed", "snapshot"};
            case Flags.EVENT_SHUTDOWN -> new String[] {"shutting down", "shut down by the guest", "shut down by the host"};
            default -> new String[] {"event " + event};
        };
        return detail >= 0 && detail < names.length ? names[detail] : names[0];
    }
}
