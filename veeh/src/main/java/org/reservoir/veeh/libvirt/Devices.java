package org.reservoir.veeh.libvirt;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.w3c.dom.Element;

import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Nic;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * Changes guests, running or shut off. A running one is changed device by device and waited for; then its definition is written anew as
 * a whole, so that both always say the same.
 */
final class Devices {
    private static final Duration LOOK = Duration.ofMillis(100);
    /** libvirt itself waits five seconds for an answer. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(2);

    private final Link link;
    private final Site site;
    private final Pool pool;
    private final Guests guests;
    private final Supplier<DomainXml> words;

    Devices(Link link, Site site, Pool pool, Guests guests, Supplier<DomainXml> words) {
        this.link = link;
        this.site = site;
        this.pool = pool;
        this.guests = guests;
        this.words = words;
    }

    void resize(Order order, Guest guest) {
        change(order, guest, (daemon, dom) -> new Resizing(daemon, dom, order).to(guest));
    }

    void attachDisk(Order order, Guest guest, int disk) {
        pool.images().require(guest.disk(disk).image().stream().toList());
        guests.makeDisk(guest, guest.disk(disk));
        change(order, guest, (daemon, dom) -> {
            if (find(daemon, dom, "disk", isDisk(disk)).isEmpty()) {
                requireHotPlug(guest.disk(disk));
                daemon.attachDevice(dom, words.get().disk(guest, disk), Flags.AFFECT_LIVE);
            }
        });
    }

    void detachDisk(Order order, Guest guest, int disk) {
        change(order, without(guest, disk), (daemon, dom) ->
                detach(order, daemon, dom, "disk", isDisk(disk)));
        pool.deleteFile(site.disk(order.vee(), disk));
    }

    void attachNic(Order order, Guest guest, int nic) {
        guests.guardNics(link.quick().within(order.patience()), guest);
        change(order, guest, (daemon, dom) -> {
            if (find(daemon, dom, "interface", isNic(nic)).isEmpty()) {
                daemon.attachDevice(dom, words.get().nic(guest, nic), Flags.AFFECT_LIVE);
            }
        });
    }

    void detachNic(Order order, Guest guest, int nic) {
        var kept = guest.nics().stream().filter(other -> other.number() != nic).toList();
        change(order, with(guest, guest.disks(), kept), (daemon, dom) ->
                detach(order, daemon, dom, "interface", isNic(nic)));
        var filter = site.filter(order.vee(), nic);
        var daemon = link.quick();
        if (daemon.filters().contains(filter)) {
            daemon.undefineFilter(filter);
        }
    }

    /**
     * Plugs in what a running guest should have and has not: one that was asked to let go of a device, and did not, still does so when it is
     * reset, and nobody is told.
     */
    static void plugAgain(LibvirtConnection daemon, Domain dom, Guest guest, DomainXml words) {
        var live = Xml.read(daemon.xml(dom, 0));
        guest.disks().stream().filter(disk -> isPluggable(disk) && in(live, "disk", isDisk(disk.number())).isEmpty())
                .forEach(disk -> daemon.attachDevice(dom, words.disk(guest, disk.number()), Flags.AFFECT_LIVE));
        guest.nics().stream().filter(nic -> in(live, "interface", isNic(nic.number())).isEmpty())
                .forEach(nic -> daemon.attachDevice(dom, words.nic(guest, nic.number()), Flags.AFFECT_LIVE));
    }

    void resizeDisk(Order order, Guest guest, int disk) {
        var daemon = link.guest().within(order.patience());
        var dom = guests.take(daemon, order);
        if (dom.active()) {
            daemon.blockResize(dom, words.get().target(guest, guest.disk(disk)), guest.disk(disk).size().bytes());
        } else {
            pool.resizeDisk(site.disk(order.vee(), disk), guest.disk(disk).size());
        }
        daemon.define(words.get().domain(guest, order.generation()));
    }

    // ---- how

    @FunctionalInterface
    private interface Live {
        void make(LibvirtConnection daemon, Domain dom);
    }

    private void change(Order order, Guest guest, Live live) {
        var daemon = link.guest().within(order.patience());
        var dom = guests.take(daemon, order);
        if (dom.active()) {
            live.make(daemon, dom);
        }
        daemon.define(words.get().domain(guest, order.generation()));
    }

    /**
     * Asks the guest to let go and waits until it has: it is the guest's system that decides when. One that was asked before it had booted never
     * heard of it, so it is asked again and again.
     */
    private static void detach(Order order, LibvirtConnection daemon, Domain dom, String kind, Predicate<Element> which) {
        var deadline = Deadline.in(order.patience());
        var again = Deadline.in(Duration.ZERO);
        for (var device = find(daemon, dom, kind, which); device.isPresent(); device = find(daemon, dom, kind, which)) {
            if (deadline.isOver()) {
                throw new HostFailure(Kind.KEPT_BY_GUEST, "%s runs and has not let go of its %s in %d s.".formatted(order.vee(), kind, order.patience().toSeconds()));
            }
            if (again.isOver()) {
                askToLetGo(daemon, dom, device.get());
                again = Deadline.in(ASK_AGAIN);
            }
            deadline.rest(LOOK, "%s to let go of its %s".formatted(order.vee(), kind));
        }
    }

    /** A QEMU that has not had its answer yet may refuse to ask again. */
    private static void askToLetGo(LibvirtConnection daemon, Domain dom, Element device) {
        try {
            daemon.detachDevice(dom, selector(device), Flags.AFFECT_LIVE);
        } catch (HostFailure failure) {
            if (!String.valueOf(failure.getMessage()).contains("in the process of unplug")) {
                throw failure;
            }
        }
    }

    /** What libvirt needs to find the device: its alias. */
    private static String selector(Element device) {
        return Xml.document(device.getLocalName(), xml -> {
            xml.tag("alias", "name", aliasOf(device));
            Xml.at(device, "mac").ifPresent(mac -> xml.tag("mac", "address", mac.getAttribute("address")));
            Xml.at(device, "source").filter(source -> source.hasAttribute("network"))
                    .ifPresent(source -> xml.tag("source", "network", source.getAttribute("network")));
            Xml.at(device, "source").filter(source -> source.hasAttribute("file")).ifPresent(source -> xml.tag("source", "file", source.getAttribute("file")));
            Xml.at(device, "target").filter(_ -> device.getLocalName().equals("disk")).ifPresent(target ->
                    xml.tag("target", "dev", target.getAttribute("dev"), "bus", target.getAttribute("bus")));
        }, "type", device.getAttribute("type"));
    }

    static Optional<Element> find(LibvirtConnection daemon, Domain dom, String kind, Predicate<Element> which) {
        return in(Xml.read(daemon.xml(dom, 0)), kind, which);
    }

    private static Optional<Element> in(Element domain, String kind, Predicate<Element> which) {
        return Xml.at(domain, "devices").stream().flatMap(devices -> Xml.children(devices, kind).stream()).filter(which).findFirst();
    }

    private static Predicate<Element> isDisk(int disk) {
        return element -> aliasOf(element).equals("ua-disk-" + disk);
    }

    private static Predicate<Element> isNic(int nic) {
        return element -> aliasOf(element).equals("ua-nic-" + nic);
    }

    private static String aliasOf(Element device) {
        return Xml.at(device, "alias").map(alias -> alias.getAttribute("name")).orElse("");
    }

    private static void requireHotPlug(Disk disk) {
        if (!isPluggable(disk)) {
            throw new HostFailure(Kind.ONLY_WHEN_OFF, "A running guest takes no disk on its %s bus, but on VIRTIO or SCSI.".formatted(disk.bus()));
        }
    }

    private static boolean isPluggable(Disk disk) {
        return disk.bus() == Disk.Bus.VIRTIO || disk.bus() == Disk.Bus.SCSI;
    }

    private static Guest without(Guest guest, int disk) {
        return with(guest, guest.disks().stream().filter(other -> other.number() != disk).toList(), guest.nics());
    }

    private static Guest with(Guest guest, List<Disk> disks, List<Nic> nics) {
        return new Guest(guest.vee(), guest.name(), guest.vcpus(), guest.maxVcpus(), guest.share(), guest.memory(), guest.maxMemory(),
                guest.boot(), disks, nics, guest.seed(), guest.agent());
    }
}
