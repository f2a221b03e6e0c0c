package org.reservoir.interfaces.vmi;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.SecurityGroupId;

/** What can be done with a VEE that exists. In which states each is allowed stands in the life-cycle table. */
public sealed interface VeeAction {

    /** Gives a held VEE free to be placed. */ record Release() implements VeeAction {}

    /** Takes a pending VEE out of the queue. */ record Hold() implements VeeAction {}

    /** Places a pending, held or undeployed VEE on this host, by hand. */ record Deploy(HostId host) implements VeeAction {}

    /** Halts it; its memory stays in the host's memory. */ record Suspend() implements VeeAction {}

    /** Halts it; its memory goes to the host's disk. */ record Stop() implements VeeAction {}

    /** Continues a suspended or stopped VEE, boots one that is powered off, places one that is undeployed. */ record Resume() implements VeeAction {}

    /** Shuts it down; it stays on its host. */ record PowerOff(boolean hard) implements VeeAction {}

    record Reboot(boolean hard) implements VeeAction {}

    /** Shuts it down and takes its disks into the site's store. */ record Undeploy(boolean hard) implements VeeAction {}

    /** Ends it for good. */ record Terminate(boolean hard) implements VeeAction {}

    /** Changes CPUs and memory; live where the guest allows, else only when it is off. */
    record Resize(int vcpus, Cpus cpu, DataSize memory) implements VeeAction {}

    record AttachDisk(VeeSpec.DiskSpec disk) implements VeeAction {}

    record DetachDisk(int disk) implements VeeAction {}

    /** Grows a disk. */ record ResizeDisk(int disk, DataSize size) implements VeeAction {}

    /** Copies a disk into the image store as a new image. */ record SaveDisk(int disk, String imageName) implements VeeAction {}

    record AttachNic(VeeSpec.NicSpec nic) implements VeeAction {}

    record DetachNic(int nic) implements VeeAction {}

    /** Adds a security group to a NIC, or takes it away. */ record Filter(int nic, SecurityGroupId group, boolean add) implements VeeAction {}

    /** @param disk one disk alone; empty for the whole guest */ record TakeSnapshot(String name, OptionalInt disk) implements VeeAction {}

    record RevertSnapshot(String name) implements VeeAction {}

    record DeleteSnapshot(String name) implements VeeAction {}

    /** Moves it. @param host where to; empty for the policy's choice */ record Migrate(Optional<HostId> host, boolean live) implements VeeAction {}

    /** Asks that the next placement cycle moves it; {@code false} takes the wish back. */ record Reschedule(boolean wanted) implements VeeAction {}

    record Rename(String name) implements VeeAction {}

    /** Replaces tags and notes. */ record Annotate(Map<String, String> tags, Map<String, String> notes) implements VeeAction {
        public Annotate {
            tags = Map.copyOf(tags);
            notes = Map.copyOf(notes);
        }
    }

    /** Gives it to another owner or changes permissions. */ record Own(Ownership ownership) implements VeeAction {}

    /** Gets a failed or stuck VEE going. */ record Recover(Way way) implements VeeAction {}

    enum Way {
        /** Do the failed step again. */ RETRY,
        /** Go back to the state before it. */ UNDO,
        /** Take what is found on the host for the truth and go on from there. */ FORCE
    }
}
