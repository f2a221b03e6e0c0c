package org.reservoir.veem.work;

import java.util.List;

import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;
import org.reservoir.veem.kept.Parts;

/**
 * Whether a wish for a VEE can ever come true. What no host of the site has room for today is none of its business: hosts come. What no
 * machine could be is refused at once, for it would wait for ever, and its sums would fit into no column and no quota (decision 280). Pure.
 */
final class Sense {
    /** More than any machine has. */
    static final DataSize MOST_MEMORY = DataSize.gibibytes(64 << 10);
    /** Of all disks of a VEE together: as many VEEs as one request may ask for can be added up in a long. */
    static final DataSize MOST_DISK = DataSize.gibibytes(512 << 10);
    private static final DataSize LEAST_BLANK = DataSize.mebibytes(1);

    private Sense() {}

    /** @throws Refused {@code BAD_VEE}, {@code BAD_NIC} */
    static void require(VeeSpec spec) {
        ofSizes(spec);
        spec.limits().ifPresent(limits -> requireLimits(spec, limits));
        for (int i = 0; i < spec.nics().size(); i++) {
            requireBounds(i, spec.nics().get(i));
        }
        requirePlace(spec);
    }

    /** What it is promised. A promise of nothing would count against no quota and no host; of more than it can use, it would keep others out for nothing. */
    static VeeSpec ofSizes(VeeSpec spec) {
        if (spec.cpu().equals(Cpus.ZERO)) {
            throw bad(spec, "it is promised no share of a processor", "Give a share above 0, such as 0.1; without one it is promised all of its virtual CPUs.");
        }
        if (spec.cpu().compareTo(Cpus.of(spec.vcpus())) > 0) {
            throw bad(spec, "it is promised %s CPUs and can use no more than its %s".formatted(spec.cpu(), virtual(spec.vcpus())), "Give a share up to %d, or more virtual CPUs.".formatted(spec.vcpus()));
        }
        if (spec.memory().compareTo(MOST_MEMORY) > 0) {
            throw bad(spec, "it cannot have %s of memory".formatted(spec.memory()), "Give at most %s.".formatted(MOST_MEMORY));
        }
        return spec;
    }

    private static void requireLimits(VeeSpec spec, VeeSpec.Limits limits) {
        if (limits.vcpus() < spec.vcpus() || limits.vcpus() > VeeSpec.MOST_VCPUS) {
            throw bad(spec, "it begins with %s and is to be resized up to %d".formatted(virtual(spec.vcpus()), limits.vcpus()), "Give a limit from %d to %d.".formatted(spec.vcpus(), VeeSpec.MOST_VCPUS));
        }
        if (limits.memory().compareTo(spec.memory()) < 0 || limits.memory().compareTo(MOST_MEMORY) > 0) {
            throw bad(spec, "it begins with %s of memory and is to be resized up to %s".formatted(spec.memory(), limits.memory()), "Give a limit from %s to %s.".formatted(spec.memory(), MOST_MEMORY));
        }
    }

    private static void requirePlace(VeeSpec spec) {
        var wish = spec.placement();
        if (wish.together() && wish.apart()) {
            throw bad(spec, "it is to be both on the host of the others of %s and on none of theirs".formatted(wish.group().map("group "::concat).orElse("its group")), "Give --together or --apart.");
        }
        if ((wish.together() || wish.apart()) && wish.group().isEmpty()) {
            throw bad(spec, "it is to be %s, but of no group".formatted(wish.together() ? "together with others" : "apart from others"), "Name theirs: --group NAME.");
        }
    }

    private static String virtual(int vcpus) {
        return vcpus == 1 ? "1 virtual CPU" : vcpus + " virtual CPUs";
    }

    private static Refused bad(VeeSpec spec, String what, String advice) {
        return Refused.invalid("BAD_VEE", "VEE %s: %s.".formatted(spec.name(), what), advice);
    }

    /** @throws Refused {@code BAD_NIC} */
    static void requireBounds(int number, VeeSpec.NicSpec nic) {
        if (nic.inbound() < 0 || nic.outbound() < 0) {
            throw Refused.invalid("BAD_NIC", "NIC %d: it cannot be bounded to %d kB/s in and %d kB/s out.".formatted(number, nic.inbound(), nic.outbound()), "Give 1 or more; 0 leaves it unbounded.");
        }
    }

    /** @throws Refused {@code BAD_DISK} */
    static void requireBounds(int number, VeeSpec.DiskSpec disk) {
        if (disk.iops() < 0 || disk.bytesPerSecond() < 0) {
            throw Refused.invalid("BAD_DISK", "Disk %d: it cannot be bounded to %d operations and %d bytes a second.".formatted(number, disk.iops(), disk.bytesPerSecond()), "Give 1 or more; 0 leaves it unbounded.");
        }
    }

    /** @throws Refused {@code BAD_DISK} */
    static void requireBlank(int number, DataSize size) {
        if (size.compareTo(LEAST_BLANK) < 0) {
            throw Refused.invalid("BAD_DISK", "Disk %d is to have %s.".formatted(number, size), "Give at least %s, with its unit: 10GiB.".formatted(LEAST_BLANK));
        }
    }

    /** @throws Refused {@code BAD_DISK} for the disk with which they become too large */
    static void requireRoom(List<Parts.DiskPart> disks) {
        var left = MOST_DISK;
        for (var disk : disks) {
            if (disk.size().compareTo(left) > 0) {
                throw Refused.invalid("BAD_DISK", "Disk %d is to have %s, which is too much.".formatted(disk.number(), disk.size()), "All disks of a VEE together may have %s.".formatted(MOST_DISK));
            }
            left = left.minus(disk.size());
        }
    }
}
