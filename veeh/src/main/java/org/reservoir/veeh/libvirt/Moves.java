package org.reservoir.veeh.libvirt;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Migration;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.interfaces.vhi.Progress;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.DomainCalls;
import org.reservoir.libvirtrpc.Flags;

/**
 * Moves a guest from one libvirt host to another, driven from here: both daemons speak to this process and need not trust or even see each
 * other's libvirtd; only QEMU's own stream goes from host to host. Where the guest is, is found out from both sides before anything is done,
 * so a move that broke anywhere goes on or starts anew, and the source's disks go last.
 */
final class Moves {
    private static final Logger LOG = LoggerFactory.getLogger(Moves.class);

    /** What a move needs of one of its two hosts. */
    record End(Link link, Site site, Pool pool, Guests guests, Generations generations, DomainXml words, String address, Optional<String> sharedStorage) {
        Optional<Domain> find(Order order) {
            return link.quick().domain(site.uuid(order.vee()));
        }
    }

    private final End from;
    private final End to;
    private final Order order;
    private final Guest guest;
    private final Migration migration;
    private final Progress progress;
    private final boolean shared;

    Moves(End from, End to, Order order, Guest guest, Migration migration, Progress progress) {
        this.from = from;
        this.to = to;
        this.order = order;
        this.guest = guest;
        this.migration = migration;
        this.progress = progress;
        this.shared = from.sharedStorage.isPresent() && from.sharedStorage.equals(to.sharedStorage) || to.pool.isAlsoOf(from.pool);
    }

    void go() {
        var here = from.generations.take(from.link.quick(), order);
        var there = to.generations.take(to.link.quick(), order);
        if (here.isEmpty() && there.isEmpty()) {
            throw new HostFailure(Kind.NO_SUCH_GUEST, "%s is on neither of the two hosts.".formatted(order.vee()));
        }
        if (here.isEmpty() || there.isPresent() && hasArrived(here.get(), there.get())) {
            finish();
            return;
        }
        there.ifPresent(this::clearLeftover);
        move(here.get());
        finish();
    }

    /** The destination has the guest once it runs there, or once it stands still there while nothing runs here and no files are missing. */
    private boolean hasArrived(Domain here, Domain there) {
        var source = from.link.quick().state(here).state();
        var destination = to.link.quick().state(there).state();
        return destination == Flags.STATE_RUNNING && source != Flags.STATE_RUNNING
                || !States.alive(source) && !States.alive(destination) && to.pool.hasFile(arrived());
    }

    /** What an attempt that broke has left at the destination; the guest itself is still here. */
    private void clearLeftover(Domain there) {
        var daemon = to.link.slow().within(order.patience());
        if (from.find(order).filter(Domain::active).isPresent()) {
            abortJob();
        }
        if (there.active()) {
            daemon.migrateFinish(Map.of("destination_name", there.name()), new byte[0], 0, true);
            to.find(order).filter(Domain::active).ifPresent(daemon::destroy);
        }
        to.find(order).ifPresent(dom -> daemon.undefine(dom, Flags.UNDEFINE_ALL));
    }

    private void abortJob() {
        var daemon = from.link.guest();
        from.find(order).filter(dom -> daemon.job(dom).get("type") instanceof Integer type && type != 0).ifPresent(daemon::abortJob);
    }

    private void move(Domain here) {
        to.pool.images().require(DomainXml.images(guest).stream().filter(this::isNeededWhole).toList());
        to.guests.guardNics(to.link.quick(), guest);
        if (shared) {
            to.pool.refresh();
            disks().forEach(disk -> to.pool.find(to.site.disk(order.vee(), disk.number())));
        } else {
            to.guests.putSeed(guest);
        }
        if (here.active()) {
            moveLive(here);
        } else if (from.link.quick().hasManagedSave(here)) {
            moveSaved(here);
        } else {
            moveStill();
        }
    }

    /** Kernels and CDs must be there; a clone's image only saves bytes. */
    private boolean isNeededWhole(org.reservoir.interfaces.vhi.ImageFile image) {
        return guest.disks().stream().noneMatch(disk -> disk.content() instanceof Disk.Content.CloneOf(var base) && base.equals(image));
    }

    // ---- running

    private void moveLive(Domain here) {
        releaseFromLastMove(here);
        Devices.plugAgain(from.link.slow().within(order.patience()), here, guest, from.words);
        boolean incremental = guest.disks().stream().flatMap(disk -> disk.image().stream()).allMatch(to.pool.images()::has);
        if (!shared) {
            disks().forEach(disk -> blank(disk, incremental));
        }
        var flags = (migration.live() ? Flags.MIGRATE_LIVE : 0) | Flags.MIGRATE_PERSIST_DEST | Flags.MIGRATE_UNDEFINE_SOURCE | Flags.MIGRATE_ABORT_ON_ERROR
                | (shared || disks().isEmpty() ? Flags.MIGRATE_UNSAFE : incremental ? Flags.MIGRATE_NON_SHARED_INC : Flags.MIGRATE_NON_SHARED_DISK);
        boolean paused = from.link.quick().state(here).state() == Flags.STATE_PAUSED;
        new LiveMove(from.link, to.link, here, parameters(), paused ? flags | Flags.MIGRATE_PAUSED : flags, migration, order, progress).run();
        if (paused) {
            wake();
        }
    }

    /** A guest that stands still because a former move of it was never confirmed or cancelled goes on here first. */
    private void releaseFromLastMove(Domain here) {
        var daemon = from.link.guest();
        if (!isHeldByMove(daemon.state(here))) {
            return;
        }
        try {
            daemon.migrateConfirm(here, Map.of(), new byte[0], Flags.MIGRATE_LIVE, true);
        } catch (HostFailure failure) {
            LOG.debug("No move of {} to cancel: {}", order.vee(), failure.getMessage());
        }
        if (isHeldByMove(daemon.state(here))) {
            daemon.resume(here);
        }
    }

    private static boolean isHeldByMove(DomainCalls.State state) {
        return state.state() == Flags.STATE_PAUSED && state.reason() == Flags.PAUSED_MIGRATION;
    }

    /** A QEMU that was never resumed since its guest arrived ends with a failed assertion when the guest is saved or sent on (7.2 does). */
    private void wake() {
        var daemon = to.link.guest();
        var there = to.find(order).orElseThrow();
        daemon.resume(there);
        daemon.suspend(there);
    }

    private List<Disk> disks() {
        return guest.disks().stream().filter(disk -> !(disk.content() instanceof Disk.Content.Cd)).toList();
    }

    /** A disk for the bytes to arrive in: always new, because bytes of an attempt that broke may since have been discarded at the source. */
    private void blank(Disk disk, boolean overImage) {
        var name = to.site.disk(order.vee(), disk.number());
        to.pool.deleteFile(name);
        to.pool.makeDisk(name, disk.size(), overImage ? disk.image() : Optional.empty());
    }

    private Map<String, Object> parameters() {
        var parameters = new HashMap<String, Object>();
        parameters.put("migrate_uri", "tcp://" + (to.address.contains(":") ? "[" + to.address + "]" : to.address));
        if (migration.bandwidth() > 0) {
            parameters.put("bandwidth", Math.max(1, migration.bandwidth() >> 20));
        }
        if (!shared && !disks().isEmpty()) {
            parameters.put("migrate_disks", disks().stream().map(disk -> from.words.target(guest, disk)).toList());
        }
        return parameters;
    }

    /** libvirt has no way to send a saved state, so the guest is woken up paused, moved, and saved again. */
    private void moveSaved(Domain here) {
        from.link.slow().within(order.patience()).create(here, Flags.START_PAUSED);
        moveLive(from.find(order).orElseThrow());
        to.link.slow().within(order.patience()).managedSave(to.find(order).orElseThrow());
    }

    // ---- shut off

    private void moveStill() {
        if (!shared) {
            disks().forEach(this::sendStill);
        }
        to.link.quick().define(to.words.domain(guest, order.generation()));
        to.pool.putFile(arrived(), 0, java.io.InputStream.nullInputStream());
    }

    private void sendStill(Disk disk) {
        var file = from.site.disk(order.vee(), disk.number());
        disk.image().filter(image -> !to.pool.images().has(image)).ifPresent(image -> {
            throw new HostFailure(Kind.REFUSED, "Image %s is not in the destination's cache.".formatted(image.digest()));
        });
        long length = from.pool.length(file);
        try (var bytes = Qcow2.rebased(from.pool.readFile(file), disk.image().map(to.words::pathOf))) {
            to.pool.putFile(to.site.disk(order.vee(), disk.number()), length, new Transfers.Counted(bytes, length, progress));
        } catch (IOException broken) {
            throw new HostFailure(Kind.UNREACHABLE, "Disk %d of %s could not be sent: %s".formatted(disk.number(), order.vee(), broken.getMessage()), broken);
        }
    }

    /** Marks that every byte of a guest that is shut off has arrived: from then on the destination has it. */
    private String arrived() {
        return "%s-%s-arrived".formatted(to.site.id(), order.vee());
    }

    // ---- afterwards

    private void finish() {
        to.find(order).ifPresent(dom -> to.generations.write(to.link.quick(), dom, order));
        if (shared) {
            from.guests.forsake(order);
        } else {
            from.guests.erase(order);
        }
        to.pool.deleteFile(arrived());
        LOG.debug("{} has moved to {}", order.vee(), to.address);
    }
}
