package org.reservoir.veem.work;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.interfaces.vhi.Nic;
import org.reservoir.veem.kept.NicPart;
import org.reservoir.veem.kept.Parts;
import org.reservoir.veem.kept.VeeRecord;

/** Says what a host must run for a VEE: everything in full, nothing left to look up. Pure. */
public final class Guests {
    private Guests() {}

    /** @param kernel and initrd when the VEE boots a kernel of the image store */
    public static Guest of(VeeRecord vee, String secret, Optional<Guest.Boot.FromKernel> kernel) {
        var spec = vee.spec();
        var limits = spec.limits();
        var disks = vee.parts().disks().stream().map(Guests::disk).toList();
        var nics = vee.parts().nics().stream().map(Guests::nic).toList();
        return new Guest(vee.id(), spec.name(), spec.vcpus(), limits.map(l -> Math.max(l.vcpus(), spec.vcpus())).orElse(spec.vcpus()), spec.cpu(),
                spec.memory(), limits.map(l -> l.memory().compareTo(spec.memory()) > 0 ? l.memory() : spec.memory()).orElse(spec.memory()),
                kernel.<Guest.Boot>map(boot -> boot).orElseGet(Guest.Boot.FromDisk::new), disks, nics, Seed.files(vee, secret), spec.agent());
    }

    private static Disk disk(Parts.DiskPart part) {
        Disk.Content content = part.file().<Disk.Content>map(file -> part.bus() == Disk.Bus.CDROM ? new Disk.Content.Cd(file) : new Disk.Content.CloneOf(file))
                .orElseGet(Disk.Content.Blank::new);
        return new Disk(part.number(), content, part.size(), part.bus(), part.readOnly(), part.limits());
    }

    private static Nic nic(NicPart part) {
        return new Nic(part.number(), part.network(), part.mac(), part.bareAddresses(), part.filters(), part.guarded(), part.bandwidth());
    }

    /** The images that must be in a host's cache before the guest can be prepared there. */
    static List<ImageFile> images(Guest guest) {
        var images = new LinkedHashMap<String, ImageFile>();
        guest.disks().stream().flatMap(disk -> disk.image().stream()).forEach(image -> images.put(image.digest(), image));
        if (guest.boot() instanceof Guest.Boot.FromKernel(var kernel, var initrd, _)) {
            images.put(kernel.digest(), kernel);
            initrd.ifPresent(image -> images.put(image.digest(), image));
        }
        return List.copyOf(images.values());
    }

    /** What {@code ${…}} stands for in the texts that a guest is told. */
    static Map<String, String> known(VeeRecord vee) {
        var known = new LinkedHashMap<String, String>();
        known.put("vee.id", vee.id().toString());
        known.put("vee.name", vee.name());
        for (var nic : vee.parts().nics()) {
            var prefix = "nic" + nic.number() + ".";
            known.put(prefix + "mac", nic.mac());
            first(nic.bareAddresses()).ifPresent(address -> known.put(prefix + "address", address));
            first(nic.addresses()).ifPresent(address -> known.put(prefix + "cidr", address));
            first(nic.gateways()).ifPresent(gateway -> known.put(prefix + "gateway", gateway));
            first(nic.dns()).ifPresent(dns -> known.put(prefix + "dns", dns));
        }
        return known;
    }

    private static Optional<String> first(List<String> values) {
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
    }

    /** Replaces every {@code ${name}} that is known and leaves the others as they stand. */
    static String filled(String text, Map<String, String> known) {
        var pieces = new ArrayList<String>();
        int from = 0;
        for (int start = text.indexOf("${"); start >= 0; start = text.indexOf("${", from)) {
            int end = text.indexOf('}', start);
            if (end < 0) {
                break;
            }
            var value = known.get(text.substring(start + 2, end));
            pieces.add(text.substring(from, start));
            pieces.add(value == null ? text.substring(start, end + 1) : value);
            from = end + 1;
        }
        pieces.add(text.substring(from));
        return String.join("", pieces);
    }
}
