package org.reservoir.interfaces.vmi;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.SecurityGroupId;

/**
 * What a VEE is to be: the demand that its maker states. It holds no host and no address that the site chose.
 *
 * @param name      unique among the living VEEs of its owner
 * @param vcpus     virtual CPUs, 1 to 512
 * @param cpu       share of processors promised, above 0 and up to all of its virtual CPUs, which is the default
 * @param memory    16 MiB to 64 TiB
 * @param limits    up to where it may be resized while it runs, each no less than it begins with
 * @param boot      kernel to boot instead of the first disk
 * @param disks     in the order of their numbers; together up to 512 TiB
 * @param nics      in the order of their numbers
 * @param context   what the guest is told about itself
 * @param placement where it wants to be
 * @param hold      wait for a release before it is placed
 * @param notBefore wait for this time before it is placed
 * @param agent     whether the guest runs a QEMU guest agent
 * @param readyGate whether only the guest's own word makes it ready; else it is ready when it runs
 * @param tags      free words to find it by
 * @param notes     the user template: anything its maker wants to keep with it
 */
public record VeeSpec(String name, int vcpus, Cpus cpu, DataSize memory, Optional<Limits> limits, Optional<Kernel> boot,
                      List<DiskSpec> disks, List<NicSpec> nics, Context context, Wish placement, boolean hold, Optional<Instant> notBefore,
                      boolean agent, boolean readyGate, Map<String, String> tags, Map<String, String> notes) {
    public static final int MOST_VCPUS = 512;

    public VeeSpec {
        Name.of("VEE", name);
        if (vcpus < 1 || vcpus > MOST_VCPUS) {
            throw Refused.invalid("BAD_VEE", "VEE %s: it cannot have %d virtual CPUs.".formatted(name, vcpus), "Give 1 to %d.".formatted(MOST_VCPUS));
        }
        if (memory.mebibytes() < 16) {
            throw Refused.invalid("BAD_VEE", "VEE %s: it cannot have %s of memory.".formatted(name, memory), "Give at least 16 MiB.");
        }
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        tags = Map.copyOf(tags);
        notes = Map.copyOf(notes);
    }

    /** The smallest VEE: some CPUs and memory, nothing attached. */
    public static VeeSpec of(String name, int vcpus, DataSize memory) {
        return new VeeSpec(name, vcpus, Cpus.of(vcpus), memory, Optional.empty(), Optional.empty(), List.of(), List.of(), Context.NONE,
                Wish.ANYWHERE, false, Optional.empty(), false, false, Map.of(), Map.of());
    }

    public VeeSpec named(String other) {
        return new VeeSpec(other, vcpus, cpu, memory, limits, boot, disks, nics, context, placement, hold, notBefore, agent, readyGate, tags, notes);
    }

    public VeeSpec withDisks(List<DiskSpec> others) {
        return new VeeSpec(name, vcpus, cpu, memory, limits, boot, others, nics, context, placement, hold, notBefore, agent, readyGate, tags, notes);
    }

    public VeeSpec tagged(Map<String, String> others) {
        return new VeeSpec(name, vcpus, cpu, memory, limits, boot, disks, nics, context, placement, hold, notBefore, agent, readyGate, others, notes);
    }

    public VeeSpec withNics(List<NicSpec> others) {
        return new VeeSpec(name, vcpus, cpu, memory, limits, boot, disks, others, context, placement, hold, notBefore, agent, readyGate, tags, notes);
    }

    public VeeSpec sized(int newVcpus, Cpus newCpu, DataSize newMemory) {
        return new VeeSpec(name, newVcpus, newCpu, newMemory, limits, boot, disks, nics, context, placement, hold, notBefore, agent, readyGate, tags, notes);
    }

    public VeeSpec withContext(Context other) {
        return new VeeSpec(name, vcpus, cpu, memory, limits, boot, disks, nics, other, placement, hold, notBefore, agent, readyGate, tags, notes);
    }

    public VeeSpec wishing(Wish other) {
        return new VeeSpec(name, vcpus, cpu, memory, limits, boot, disks, nics, context, other, hold, notBefore, agent, readyGate, tags, notes);
    }

    /** Waiting for a release before it is placed. */
    public VeeSpec held() {
        return new VeeSpec(name, vcpus, cpu, memory, limits, boot, disks, nics, context, placement, true, notBefore, agent, readyGate, tags, notes);
    }

    public VeeSpec noted(Map<String, String> newTags, Map<String, String> newNotes) {
        return new VeeSpec(name, vcpus, cpu, memory, limits, boot, disks, nics, context, placement, hold, notBefore, agent, readyGate, newTags, newNotes);
    }

    public record Limits(int vcpus, DataSize memory) {}

    /** Boots a kernel of the image store directly. */
    public record Kernel(ImageId kernel, Optional<ImageId> initrd, String commandLine) {}

    /**
     * @param image what the disk begins as; empty for a blank one, which needs a size
     * @param size  its virtual size; empty for the image's own
     * @param bus   {@code virtio} (default), {@code scsi}, {@code sata}, {@code ide}; CD images are CD-ROMs whatever it says
     */
    public record DiskSpec(Optional<ImageId> image, Optional<DataSize> size, Optional<String> bus, boolean readOnly, long iops, long bytesPerSecond) {
        public static DiskSpec of(ImageId image) {
            return new DiskSpec(Optional.of(image), Optional.empty(), Optional.empty(), false, 0, 0);
        }

        public static DiskSpec blank(DataSize size) {
            return new DiskSpec(Optional.empty(), Optional.of(size), Optional.empty(), false, 0, 0);
        }
    }

    /**
     * @param address the wished addresses, at most one per family; others are leased from the network's ranges
     * @param mac     the wished MAC; else the network gives one
     * @param inbound kB/s, 0 unbounded; outbound likewise
     */
    public record NicSpec(NetworkId network, List<String> address, Optional<String> mac, List<SecurityGroupId> filters, int inbound, int outbound) {
        public NicSpec {
            address = List.copyOf(address);
            filters = List.copyOf(filters);
        }

        public static NicSpec on(NetworkId network) {
            return new NicSpec(network, List.of(), Optional.empty(), List.of(), 0, 0);
        }
    }

    /**
     * What the guest is told about itself. In every value of {@code properties} and in {@code userData}, {@code ${vee.id}},
     * {@code ${vee.name}}, {@code ${nic0.address}}, {@code ${nic0.gateway}} … stand for what is known when it is deployed.
     *
     * @param hostname       by default the VEE's name
     * @param user           name of the guest's first user; by default the image's own ({@code debian}, {@code ubuntu} …)
     * @param sshKeys        public keys, a line each, for the guest's first user
     * @param userData       cloud-init user data; empty for one made of the other fields
     * @param commands       run once at first boot (cloud-init {@code runcmd})
     * @param properties     OVF environment properties
     * @param ovfEnvironment a whole OVF environment document (DSP0243 §9) instead of one made of {@code properties}
     */
    public record Context(Optional<String> hostname, Optional<String> user, List<String> sshKeys, Optional<String> userData, List<String> commands,
                          Map<String, String> properties, Optional<String> ovfEnvironment) {
        public static final Context NONE = new Context(Optional.empty(), Optional.empty(), List.of(), Optional.empty(), List.of(), Map.of(), Optional.empty());

        public Context {
            sshKeys = List.copyOf(sshKeys);
            commands = List.copyOf(commands);
            properties = Map.copyOf(properties);
        }

        public static Context of(Map<String, String> properties) {
            return new Context(Optional.empty(), Optional.empty(), List.of(), Optional.empty(), List.of(), properties, Optional.empty());
        }
    }

    /**
     * Where it wants to be. Expressions are of the house's language over the host's facts ({@code free_memory}, {@code rack} and other labels).
     *
     * @param requirements must hold for its host
     * @param rank         the host with the greatest value wins; empty for the site's policy
     * @param group        VEEs of one group refer to each other by {@code together} and {@code apart}
     * @param together     wants the host of the group's others
     * @param apart        wants no host of the group's others
     * @param host         this host and no other
     * @param set          all or nothing: its owner's VEEs of this set that wait for their first places get them at the same time or not at all, and wait for those that are
     *                     held. Once a VEE had a place, it is for itself
     * @param licences     of each of these it has a seat for as long as it has a place; see {@link Licences}
     */
    public record Wish(Optional<String> requirements, Optional<String> rank, Optional<String> group, boolean together, boolean apart,
                       Optional<String> host, Optional<String> set, List<String> licences) {
        public static final Wish ANYWHERE = new Wish(Optional.empty(), Optional.empty(), Optional.empty(), false, false, Optional.empty());

        public Wish {
            licences = licences.stream().distinct().toList();
        }

        public Wish(Optional<String> requirements, Optional<String> rank, Optional<String> group, boolean together, boolean apart, Optional<String> host) {
            this(requirements, rank, group, together, apart, host, Optional.empty(), List.of());
        }

        /** The same on that host alone. */
        public Wish on(String other) {
            return new Wish(requirements, rank, group, together, apart, Optional.of(other), set, licences);
        }

        /** The same at once with the others of a set. */
        public Wish in(String other) {
            return new Wish(requirements, rank, group, together, apart, host, Optional.of(other), licences);
        }

        /** The same with a seat of each of these. */
        public Wish licensed(List<String> others) {
            return new Wish(requirements, rank, group, together, apart, host, set, others);
        }
    }
}
