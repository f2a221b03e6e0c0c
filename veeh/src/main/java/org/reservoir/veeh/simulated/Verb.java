package org.reservoir.veeh.simulated;

/** What can be asked of a host: the names of VHI's calls, for paces and faults to tell them apart. */
public enum Verb {
    FACTS, CENSUS, READING,
    ENSURE_IMAGE, CACHED_IMAGES, DROP_IMAGE, ENSURE_NETWORK, DROP_NETWORK, ENSURE_FILTER, DROP_FILTER,
    PREPARE, IMPORT_DISK, START, RESTORE, PAUSE, UNPAUSE, SAVE, SHUTDOWN, REBOOT, ERASE, MIGRATE,
    RESIZE, ATTACH_DISK, DETACH_DISK, RESIZE_DISK, ATTACH_NIC, DETACH_NIC, SNAPSHOT, EXPORT_DISK,
    CONSOLE, SCREEN, ASK_AGENT, SLEEP, WAKE;

    /** Whether it changes what is on a machine beside guests. */
    boolean changesSurroundings() {
        return switch (this) {
            case ENSURE_IMAGE, DROP_IMAGE, ENSURE_NETWORK, DROP_NETWORK, ENSURE_FILTER, DROP_FILTER -> true;
            default -> false;
        };
    }
}
