package org.reservoir.veeh.libvirt;

import java.util.function.Supplier;

import org.w3c.dom.Element;

import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.interfaces.vhi.SnapshotWork;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * Snapshots inside the qcow2 files: of a whole guest, running (with its memory) or shut off, and of one disk of a guest that is shut off.
 * QEMU has no way back to an inner snapshot of one disk under a running guest, so that is refused rather than half done.
 */
final class Snapshots {
    private final Link link;
    private final Generations generations;
    private final Guests guests;
    private final Supplier<DomainXml> words;

    Snapshots(Link link, Generations generations, Guests guests, Supplier<DomainXml> words) {
        this.link = link;
        this.generations = generations;
        this.guests = guests;
        this.words = words;
    }

    void work(Order order, Guest guest, SnapshotWork work) {
        var daemon = link.guest().within(order.patience());
        var dom = guests.take(daemon, order);
        if (work.disk().isPresent() && dom.active() && work.verb() != SnapshotWork.Verb.DELETE) {
            throw new HostFailure(Kind.UNSUPPORTED, "%s runs: a snapshot of one disk alone is taken or gone back to when it is shut off; a snapshot of the whole guest can be taken now."
                    .formatted(order.vee()));
        }
        if (work.verb() == SnapshotWork.Verb.TAKE && dom.active() && hasPluggedProcessors(Xml.read(daemon.xml(dom, 0)))) {
            throw new HostFailure(Kind.UNSUPPORTED, "%s got processors while it ran, and QEMU cannot go back to such a snapshot; shut it off and start it first."
                    .formatted(order.vee()));
        }
        var name = name(work);
        boolean there = daemon.snapshots(dom).contains(name);
        switch (work.verb()) {
            case TAKE -> {
                if (!there) {
                    daemon.snapshotTake(dom, xml(guest, work), Flags.SNAPSHOT_CREATE_ATOMIC);
                }
            }
            case REVERT -> revert(daemon, dom, order, name, there);
            case DELETE -> {
                if (there) {
                    daemon.snapshotDelete(dom, name);
                }
            }
        }
    }

    /** A snapshot brings its domain's metadata back with it, so the order is written down again. */
    private void revert(LibvirtConnection daemon, Domain dom, Order order, String name, boolean there) {
        if (!there) {
            throw new HostFailure(Kind.REFUSED, "%s has no snapshot %s on this host.".formatted(order.vee(), name));
        }
        daemon.snapshotRevert(dom, name, Flags.SNAPSHOT_REVERT_FORCE);
        generations.write(daemon, daemon.domain(dom.uuid()).orElse(dom), order);
    }

    /** Processors that were there at boot cannot be unplugged; those that came later can. */
    static boolean hasPluggedProcessors(Element domain) {
        return Xml.at(domain, "vcpus").stream().flatMap(all -> Xml.children(all, "vcpu").stream())
                .anyMatch(one -> one.getAttribute("enabled").equals("yes") && one.getAttribute("hotpluggable").equals("yes"));
    }

    private static String name(SnapshotWork work) {
        return work.disk().isPresent() ? work.name() + "-disk-" + work.disk().getAsInt() : work.name();
    }

    private String xml(Guest guest, SnapshotWork work) {
        return Xml.document("domainsnapshot", snapshot -> {
            snapshot.text("name", name(work));
            work.disk().ifPresent(number -> snapshot.tag("disks", disks -> guest.disks().forEach(disk ->
                    disks.tag("disk", "name", words.get().target(guest, disk), "snapshot", disk.number() == number ? "internal" : "no"))));
        });
    }
}
