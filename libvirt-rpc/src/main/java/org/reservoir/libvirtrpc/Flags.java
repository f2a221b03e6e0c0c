package org.reservoir.libvirtrpc;

/** libvirt's numbers for flags, states and events (libvirt-domain.h, libvirt-network.h); each keeps libvirt's own name. */
public final class Flags {
    public static final int AFFECT_LIVE = 1;
    public static final int AFFECT_CONFIG = 2;
    public static final int START_PAUSED = 1;
    public static final int START_AUTODESTROY = 1 << 1;
    public static final int START_FORCE_BOOT = 1 << 3;
    public static final int SHUTDOWN_ACPI_POWER_BTN = 1;
    public static final int REBOOT_ACPI_POWER_BTN = 1;
    public static final int UNDEFINE_MANAGED_SAVE = 1;
    public static final int UNDEFINE_SNAPSHOTS_METADATA = 2;
    /** Saved state, snapshots, NVRAM and checkpoints. */
    public static final int UNDEFINE_ALL = UNDEFINE_MANAGED_SAVE | UNDEFINE_SNAPSHOTS_METADATA | 4 | 16;
    public static final int XML_INACTIVE = 2;
    public static final int LIST_MANAGEDSAVE = 1 << 8;
    public static final int STATS_STATE = 1;
    public static final int STATS_CPU_TOTAL = 1 << 1;
    public static final int STATS_BALLOON = 1 << 2;
    public static final int STATS_VCPU = 1 << 3;
    public static final int STATS_INTERFACE = 1 << 4;
    public static final int STATS_BLOCK = 1 << 5;
    public static final int STATS_DIRTYRATE = 1 << 9;
    /** A domain that is busy with something else tells only what needs not wait for it. */
    public static final int STATS_NOWAIT = 1 << 29;
    public static final int SNAPSHOT_CREATE_ATOMIC = 1 << 7;
    public static final int SNAPSHOT_REVERT_FORCE = 1 << 2;

    public static final long MIGRATE_LIVE = 1;
    public static final long MIGRATE_PERSIST_DEST = 1 << 3;
    public static final long MIGRATE_UNDEFINE_SOURCE = 1 << 4;
    public static final long MIGRATE_PAUSED = 1 << 5;
    public static final long MIGRATE_NON_SHARED_DISK = 1 << 6;
    public static final long MIGRATE_NON_SHARED_INC = 1 << 7;
    public static final long MIGRATE_UNSAFE = 1 << 9;
    public static final long MIGRATE_ABORT_ON_ERROR = 1 << 12;
    public static final long MIGRATE_AUTO_CONVERGE = 1 << 13;

    public static final int STATE_RUNNING = 1;
    public static final int STATE_BLOCKED = 2;
    public static final int STATE_PAUSED = 3;
    public static final int STATE_SHUTDOWN = 4;
    public static final int STATE_SHUTOFF = 5;
    public static final int STATE_CRASHED = 6;
    public static final int STATE_PMSUSPENDED = 7;
    public static final int PAUSED_MIGRATION = 2;
    public static final int SHUTOFF_UNKNOWN = 0;
    public static final int SHUTOFF_CRASHED = 3;
    public static final int SHUTOFF_SAVED = 5;
    public static final int SHUTOFF_DAEMON = 8;

    public static final int EVENT_DEFINED = 0;
    public static final int EVENT_UNDEFINED = 1;
    public static final int EVENT_STARTED = 2;
    public static final int EVENT_SUSPENDED = 3;
    public static final int EVENT_RESUMED = 4;
    public static final int EVENT_STOPPED = 5;
    public static final int EVENT_SHUTDOWN = 6;
    public static final int STOPPED_MIGRATED = 3;
    public static final int EVENT_CRASHED = 8;

    public static final int METADATA_ELEMENT = 2;

    public static final int NETWORK_DELETE = 2;
    public static final int NETWORK_ADD_LAST = 3;

    static final int NETWORK_SECTION_IP_DHCP_HOST = 4;

    private Flags() {}
}
