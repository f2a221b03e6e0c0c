package org.reservoir.veeh.libvirt;

import java.util.List;
import java.util.Optional;

import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.interfaces.vhi.Nic;
import org.reservoir.kernel.DataSize;

/**
 * Writes a guest as the domain XML (libvirt.org/formatdomain.html) of one host. Knows words, touches nothing.
 *
 * @param site         whose guests
 * @param hypervisor   for which driver
 * @param type         {@code kvm}, {@code qemu}, {@code xen}, …
 * @param architecture {@code x86_64}
 * @param folder       where the host keeps images and disks; for ESX the name of a datastore
 * @param shares       whether the host can weigh guests against each other (needs the cpu cgroup)
 * @param bandwidth    whether libvirt bounds the NICs' bandwidth; else {@link Rates} does
 */
record DomainXml(Site site, Hypervisor hypervisor, String type, String architecture, String folder, boolean shares, boolean bandwidth) {
    static final String VOICE = "org.reservoir.voice.0";
    static final String AGENT = "org.qemu.guest_agent.0";

    /** The whole guest, marked with the generation of the order that made it so. */
    String domain(Guest guest, long generation) {
        return Xml.document("domain", xml -> {
            xml.text("name", site.domain(guest.vee())).text("uuid", site.uuid(guest.vee()));
            xml.text("title", guest.name().replaceAll("\\R", " "));
            xml.tag("metadata", meta -> mark(meta, guest, generation));
            xml.kib("memory", larger(guest.memory(), guest.maxMemory()).kibibytes()).kib("currentMemory", guest.memory().kibibytes());
            vcpus(xml, guest);
            if (shares) {
                xml.tag("cputune", tune -> tune.text("shares", weight(guest)));
            }
            boot(xml, guest);
            platform(xml);
            xml.tag("devices", devices -> devices(devices, guest));
        }, "type", type);
    }

    private void vcpus(Xml xml, Guest guest) {
        if (hypervisor == Hypervisor.ESX) {
            xml.text("vcpu", guest.vcpus(), "placement", "static");
        } else {
            xml.text("vcpu", Math.max(guest.vcpus(), guest.maxVcpus()), "placement", "static", "current", String.valueOf(guest.vcpus()));
        }
    }

    /** What the metadata of a guest says: whose it is and which order it took last. */
    static String mark(Site site, long vee, long generation) {
        return Xml.document("vee", Xml.NOTHING, "site", site.id(), "id", String.valueOf(vee), "generation", String.valueOf(generation));
    }

    private void mark(Xml meta, Guest guest, long generation) {
        meta.tag("r:vee", markOf(guest.vee().value(), generation));
    }

    private String[] markOf(long vee, long generation) {
        return new String[] {"xmlns:r", Site.NAMESPACE, "site", site.id(), "id", String.valueOf(vee), "generation", String.valueOf(generation)};
    }

    /** 1024 for each whole CPU, as cgroups weigh; libvirt takes 2 to 262144 (cgroups v1) or 1 to 10000 (v2), so 100 per CPU fits both. */
    private static long weight(Guest guest) {
        return Math.clamp(guest.share().milli() / 10L, 2, 10_000);
    }

    private void boot(Xml xml, Guest guest) {
        xml.tag("os", os -> {
            if (hypervisor.machine.isEmpty()) {
                os.text("type", "hvm", "arch", architecture);
            } else {
                os.text("type", "hvm", "arch", architecture, "machine", hypervisor.machine);
            }
            switch (guest.boot()) {
                case Guest.Boot.FromDisk() -> os.tag("boot", "dev", "hd").tag("boot", "dev", "cdrom");
                case Guest.Boot.FromKernel(var kernel, var initrd, var commandLine) -> {
                    os.text("kernel", pathOf(kernel));
                    initrd.ifPresent(image -> os.text("initrd", pathOf(image)));
                    os.text("cmdline", commandLine);
                }
            }
        });
    }

    private void platform(Xml xml) {
        xml.tag("features", features -> features.tag("acpi").tag("apic"));
        if (hypervisor.cpuModel && type.equals("kvm")) {
            xml.tag("cpu", "mode", "host-model");
        }
        xml.tag("clock", "offset", "utc");
        xml.text("on_poweroff", "destroy").text("on_reboot", "restart").text("on_crash", "destroy");
    }

    private void devices(Xml xml, Guest guest) {
        guest.disks().forEach(disk -> disk(xml, guest, disk));
        if (!guest.seed().isEmpty()) {
            seed(xml, guest);
        }
        if (guest.disks().stream().anyMatch(disk -> !isCd(disk) && bus(disk).equals("scsi"))) {
            hypervisor.scsiModel().ifPresent(model -> xml.tag("controller", "type", "scsi", "index", "0", "model", model));
        }
        guest.nics().forEach(nic -> nic(xml, guest, nic));
        if (hypervisor != Hypervisor.ESX) {
            xml.tag("serial", serial -> serial.tag("target", "port", "0"), "type", "pty");
            xml.tag("console", console -> console.tag("target", "type", "serial", "port", "0"), "type", "pty");
        }
        if (hypervisor.channels) {
            channel(xml, VOICE);
            channel(xml, AGENT);
            xml.tag("controller", "type", "usb", "index", "0", "model", "none");
            xml.tag("memballoon", balloon -> balloon.tag("stats", "period", "10"), "model", "virtio");
            xml.tag("rng", rng -> rng.text("backend", "/dev/urandom", "model", "random"), "model", "virtio");
        }
        xml.tag("graphics", graphics -> graphics.tag("listen", "type", "address", "address", "127.0.0.1"), "type", "vnc", "port", "-1", "autoport", "yes");
        xml.tag("video", video -> video.tag("model", "type", hypervisor == Hypervisor.ESX ? "vmvga" : "vga"));
    }

    private static void channel(Xml xml, String name) {
        xml.tag("channel", channel -> channel.tag("target", "type", "virtio", "name", name), "type", "unix");
    }

    // ---- single devices

    /** One disk, for attaching it to a guest that is there already. */
    String disk(Guest guest, int number) {
        return Xml.document("r", xml -> disk(xml, guest, guest.disk(number))).replaceAll("^<r>|</r>$", "");
    }

    String nic(Guest guest, int number) {
        return Xml.document("r", xml -> nic(xml, guest, guest.nic(number))).replaceAll("^<r>|</r>$", "");
    }

    private void disk(Xml xml, Guest guest, Disk disk) {
        boolean cd = isCd(disk);
        xml.tag("disk", element -> {
            driver(element, disk, cd);
            source(element, guest, disk);
            element.tag("target", "dev", target(guest, disk), "bus", cd ? hypervisor.cdBus() : bus(disk));
            if (cd || disk.readOnly()) {
                element.tag("readonly");
            }
            if (!cd && hypervisor.virtio) {
                element.text("serial", "disk-" + disk.number());
            }
            element.tag("alias", "name", "ua-disk-" + disk.number());
            disk.limits().ifPresent(limits -> limits(element, limits));
        }, "type", "file", "device", cd ? "cdrom" : "disk");
    }

    private void driver(Xml xml, Disk disk, boolean cd) {
        switch (hypervisor) {
            case QEMU, TEST -> xml.tag("driver", "name", "qemu", "type", format(disk), "discard", cd ? "ignore" : "unmap");
            case XEN -> xml.tag("driver", "name", "qemu", "type", format(disk)); // else libxl takes the file for raw bytes
            case ESX, VBOX -> { }
        }
    }

    private String format(Disk disk) {
        return disk.content() instanceof Disk.Content.Cd(var image) ? image.format() : hypervisor.diskFormat();
    }

    private void source(Xml xml, Guest guest, Disk disk) {
        xml.tag("source", "file", pathOf(guest, disk));
        switch (disk.content()) {
            case Disk.Content.CloneOf(var image) when hypervisor.virtio -> xml.tag("backingStore", backing -> {
                backing.tag("format", "type", image.format()).tag("source", "file", pathOf(image)).tag("backingStore");
            }, "type", "file");
            case Disk.Content.Blank() when hypervisor.virtio -> xml.tag("backingStore");
            default -> { }
        }
    }

    private void limits(Xml xml, Disk.IoLimits limits) {
        xml.tag("iotune", tune -> {
            if (limits.bytesPerSecond() > 0) {
                tune.text("total_bytes_sec", limits.bytesPerSecond());
            }
            if (limits.iops() > 0) {
                tune.text("total_iops_sec", limits.iops());
            }
        });
    }

    private void seed(Xml xml, Guest guest) {
        xml.tag("disk", element -> {
            if (hypervisor.virtio) {
                element.tag("driver", "name", "qemu", "type", "raw");
            }
            element.tag("source", "file", placed(site.seed(guest.vee())));
            element.tag("target", "dev", hypervisor.cdBus().equals("ide") ? "hdd" : "sdz", "bus", hypervisor.cdBus()).tag("readonly");
        }, "type", "file", "device", "cdrom");
    }

    private void nic(Xml xml, Guest guest, Nic nic) {
        var plug = hypervisor == Hypervisor.ESX ? "bridge" : "network"; // which for ESX is the name of a port group
        xml.tag("interface", element -> {
            element.tag("source", plug, site.network(nic.network()));
            element.tag("mac", "address", nic.mac()).tag("model", "type", hypervisor.nicModel());
            element.tag("alias", "name", alias(nic));
            if (hypervisor.filters && (nic.guarded() || !nic.filters().isEmpty())) {
                element.tag("filterref", "filter", site.filter(guest.vee(), nic.number()));
            }
            nic.bandwidth().filter(_ -> bandwidth).ifPresent(bounds -> bandwidth(element, bounds));
        }, "type", plug);
    }

    /** The name under which the device is found again. */
    static String alias(Nic nic) {
        return "ua-nic-" + nic.number();
    }

    /** libvirt counts in kibibytes and from the guest's point of view: inbound is what the guest receives. */
    private static void bandwidth(Xml xml, Nic.Bandwidth bandwidth) {
        xml.tag("bandwidth", bounds -> {
            bound(bounds, "inbound", bandwidth.inbound());
            bound(bounds, "outbound", bandwidth.outbound());
        });
    }

    private static void bound(Xml xml, String direction, int kilobytes) {
        if (kilobytes > 0) {
            xml.tag(direction, "average", String.valueOf(Math.max(1, kilobytes * 1000L / 1024)));
        }
    }

    // ---- where things are

    String pathOf(ImageFile image) {
        return placed(Site.image(image));
    }

    String pathOf(Guest guest, Disk disk) {
        return disk.content() instanceof Disk.Content.Cd(var image) ? cd(image) : placed(site.disk(guest.vee(), disk.number()).replaceFirst("qcow2$", hypervisor.diskFormat()));
    }

    /** VMware goes by the ends of names. */
    private String cd(ImageFile image) {
        return hypervisor == Hypervisor.ESX ? pathOf(image).replaceFirst("[^.]+$", "iso") : pathOf(image);
    }

    private String placed(String file) {
        return hypervisor == Hypervisor.ESX ? "[%s] %s".formatted(folder, file) : folder + "/" + file;
    }

    /** Device names follow the disk's number, so they never change while others come and go; IDE has but four places, the last is the seed's. */
    String target(Guest guest, Disk disk) {
        if (!isCd(disk) && !prefix(disk).equals("hd")) {
            return prefix(disk) + letter(disk.number());
        }
        var ide = guest.disks().stream().filter(other -> isCd(other) || prefix(other).equals("hd")).toList();
        return (isCd(disk) && !hypervisor.cdBus().equals("ide") ? "sd" : "hd") + letter(ide.indexOf(disk));
    }

    private static boolean isCd(Disk disk) {
        return disk.bus() == Disk.Bus.CDROM || disk.content() instanceof Disk.Content.Cd;
    }

    private String prefix(Disk disk) {
        return switch (disk.bus()) {
            case VIRTIO -> hypervisor.prefix;
            case SCSI, SATA -> hypervisor == Hypervisor.XEN ? "xvd" : "sd";
            case IDE -> hypervisor == Hypervisor.XEN ? "xvd" : "hd";
            case CDROM -> "hd";
        };
    }

    private String bus(Disk disk) {
        return switch (disk.bus()) {
            case VIRTIO -> hypervisor.bus();
            case SCSI -> hypervisor == Hypervisor.XEN ? "xen" : "scsi";
            case SATA -> hypervisor == Hypervisor.XEN ? "xen" : "sata";
            case IDE, CDROM -> hypervisor == Hypervisor.XEN ? "xen" : "ide";
        };
    }

    private static String letter(int number) {
        return number < 26 ? String.valueOf((char) ('a' + number)) : letter(number / 26 - 1) + letter(number % 26);
    }

    private static DataSize larger(DataSize one, DataSize other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /** The images that the guest's host must hold. */
    static List<ImageFile> images(Guest guest) {
        var images = new java.util.ArrayList<ImageFile>();
        guest.disks().forEach(disk -> disk.image().ifPresent(images::add));
        if (guest.boot() instanceof Guest.Boot.FromKernel(var kernel, Optional<ImageFile> initrd, _)) {
            images.add(kernel);
            initrd.ifPresent(images::add);
        }
        return List.copyOf(images);
    }
}
