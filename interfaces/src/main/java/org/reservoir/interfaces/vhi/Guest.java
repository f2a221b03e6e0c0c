package org.reservoir.interfaces.vhi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.VeeId;

/**
 * What a host must run for a VEE, in full: a host looks nothing up.
 *
 * @param vee          whose guest
 * @param name         the VEE's name, for people who look at the host
 * @param vcpus        virtual CPUs now
 * @param maxVcpus     virtual CPUs up to which it may be resized while it runs
 * @param share        what the scheduler of the host grants when processors are short
 * @param memory       memory now
 * @param maxMemory    memory up to which it may be resized while it runs
 * @param boot         from what it boots
 * @param disks        by their numbers
 * @param nics         by their numbers
 * @param seed         files of the contextualization CD (volume label {@code cidata}), by name; empty for none
 * @param agent        whether the guest is said to run a QEMU guest agent
 */
public record Guest(VeeId vee, String name, int vcpus, int maxVcpus, Cpus share, DataSize memory, DataSize maxMemory, Boot boot,
                    List<Disk> disks, List<Nic> nics, Map<String, byte[]> seed, boolean agent) {
    public Guest {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        seed = Map.copyOf(seed);
    }

    public Disk disk(int number) {
        return disks.stream().filter(disk -> disk.number() == number).findFirst()
                .orElseThrow(() -> new IllegalStateException("%s has no disk %d: %s".formatted(vee, number, disks)));
    }

    public Nic nic(int number) {
        return nics.stream().filter(nic -> nic.number() == number).findFirst()
                .orElseThrow(() -> new IllegalStateException("%s has no NIC %d: %s".formatted(vee, number, nics)));
    }

    /** From what a guest boots. */
    public sealed interface Boot {
        /** From its first disk that can be booted. */
        record FromDisk() implements Boot {}

        /** A kernel and an initial RAM disk from the image store, with a command line. */
        record FromKernel(ImageFile kernel, Optional<ImageFile> initrd, String commandLine) implements Boot {}
    }
}
