package org.reservoir.interfaces.vmi;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.kernel.VeeId;

/**
 * A VEE as its users see it.
 *
 * @param doing       the action under way, such as {@code attach-disk}, when it is passing from one state to another
 * @param spec        what it is to be, as changed since
 * @param host        where it is; empty before it is placed, when undeployed and when terminated
 * @param destination where it migrates to
 * @param generation  counts its life-cycle steps
 * @param ready       whether it runs and, with a ready gate, its guest has said so
 * @param problem     why it failed, or why it cannot be placed
 */
public record Vee(VeeId id, String name, Ownership ownership, VeeState state, Optional<String> doing, VeeSpec spec, Optional<HostId> host,
                  Optional<HostId> destination, long generation, boolean ready, List<DiskStatus> disks, List<NicStatus> nics,
                  List<SnapshotStatus> snapshots, Optional<String> problem, boolean reschedule, Instant created, Instant changed) {
    public Vee {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        snapshots = List.copyOf(snapshots);
    }

    public record DiskStatus(int number, Optional<ImageId> image, DataSize size, String bus, boolean readOnly) {}

    public record NicStatus(int number, NetworkId network, String mac, List<String> addresses, List<SecurityGroupId> filters) {
        public NicStatus {
            addresses = List.copyOf(addresses);
            filters = List.copyOf(filters);
        }
    }

    /** @param disk -1 for the whole guest */
    public record SnapshotStatus(String name, int disk, Instant taken) {}

    /** One line of a VEE's history: from {@code at} on it was in {@code state}, on {@code host}, because of {@code why}, by {@code who}. */
    public record Past(Instant at, VeeState state, Optional<HostId> host, String why, String who) {}
}
