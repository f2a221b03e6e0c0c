package org.reservoir.veeh.libvirt;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.reservoir.interfaces.vhi.*;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.kernel.VeeId;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * A host that runs libvirt, driven through libvirt's remote protocol alone. This class says which of its {@link Parts} does what; the
 * parts know how.
 */
final class LibvirtHost implements VeeHost {
    private static final Duration AGENT = Duration.ofSeconds(5);
    /** libvirt sets the host's clock to wake it after some time; a site wakes it sooner, or finds it awake then and puts it to sleep again. */
    private static final Duration LONGEST_SLEEP = Duration.ofDays(7);

    private final Parts parts;
    private final InstantSource clock;

    private LibvirtHost(Parts parts, InstantSource clock) {
        this.parts = parts;
        this.clock = clock;
    }

    /** Connects at once. @throws HostFailure UNREACHABLE when that fails */
    static LibvirtHost open(String uri, Site site, Map<String, String> options, InstantSource clock, Supplier<LibvirtConnection> dialer) {
        var parts = new Parts(uri, site, options, dialer);
        try {
            parts.link.begin();
            return new LibvirtHost(parts, clock);
        } catch (HostFailure failure) {
            parts.close();
            throw failure;
        }
    }

    // ---- what there is

    @Override
    public HostFacts facts() {
        return new Reports(parts.site, parts.pool).facts(parts.link.quick().within(Parts.FACTS), parts.platform, parts.shell.isPresent(), parts.options);
    }

    @Override
    public Census census() {
        return new Reports(parts.site, parts.pool).census(parts.link.quick());
    }

    @Override
    public HostReading reading() {
        return new Reports(parts.site, parts.pool).reading(parts.link.quick(), clock.instant());
    }

    @Override
    public GuestFigures figures(VeeId vee, Duration patience) {
        return parts.inquiries.figures(new Domain(parts.site.domain(vee), parts.site.uuid(vee), -1), patience);
    }

    @Override
    public Optional<GuestInside> inside(VeeId vee) {
        return new GuestAgent(parts.link).inside(parts.find(vee));
    }

    @Override
    public Subscription watch(HostListener listener) {
        return parts.ears.add(listener);
    }

    // ---- images, networks, filters

    @Override
    public void ensureImage(ImageFile image, ByteSource source, Progress progress) {
        parts.pool.images().bring(image, source, progress);
    }

    @Override
    public List<String> cachedImages() {
        return parts.pool.images().digests();
    }

    @Override
    public boolean dropImage(String digest) {
        return parts.pool.images().drop(digest);
    }

    @Override
    public void ensureNetwork(HostNetwork network) {
        parts.networks.ensure(network);
    }

    @Override
    public void dropNetwork(NetworkId network) {
        parts.networks.drop(network);
    }

    @Override
    public void ensureFilter(TrafficFilter filter) {
        if (!parts.platform.hypervisor().filters) {
            throw new HostFailure(Kind.UNSUPPORTED, "%s has no traffic filters, so security groups would not hold.".formatted(parts.uri));
        }
        if (parts.platform.hypervisor() == Hypervisor.QEMU) {
            parts.networks.ensure(filter);
        }
    }

    @Override
    public void dropFilter(SecurityGroupId group) {
        if (parts.platform.hypervisor() == Hypervisor.QEMU) {
            parts.networks.drop(group);
        }
    }

    // ---- the life of a guest

    @Override
    public void prepare(Order order, Guest guest) {
        order(order, () -> parts.guests.prepare(order, guest));
    }

    @Override
    public void importDisk(Order order, Guest guest, int disk, ByteSource source, Progress progress) {
        order(order, () -> parts.transfers.bring(order, guest, disk, source, progress));
    }

    @Override
    public void start(Order order, Guest guest) {
        order(order, () -> parts.guests.start(order, guest));
        parts.rates().ifPresent(bounds -> bounds.apply(guest));
    }

    @Override
    public void restore(Order order, Guest guest) {
        order(order, () -> parts.guests.restore(order));
        parts.rates().ifPresent(bounds -> bounds.apply(guest));
    }

    @Override
    public void pause(Order order) {
        order(order, () -> parts.guests.pause(order));
    }

    @Override
    public void unpause(Order order) {
        order(order, () -> parts.guests.unpause(order));
    }

    @Override
    public void save(Order order) {
        order(order, () -> parts.guests.save(order));
    }

    @Override
    public void shutdown(Order order, boolean hard) {
        order(order, () -> parts.guests.shutdown(order, hard));
    }

    @Override
    public void reboot(Order order, boolean hard) {
        order(order, () -> parts.guests.reboot(order, hard));
    }

    @Override
    public void erase(Order order) {
        order(order, () -> parts.guests.erase(order));
        forget(order.vee());
    }

    @Override
    public void withdraw(Order order) {
        order(order, () -> parts.guests.withdraw(order));
        forget(order.vee());
    }

    private void forget(VeeId vee) {
        parts.rates().ifPresent(bounds -> bounds.drop(vee));
        parts.voices.ended(vee);
        parts.inquiries.forget(parts.site.uuid(vee));
    }

    @Override
    public void migrate(Order order, Guest guest, VeeHost destination, Migration migration, Progress progress) {
        if (!(destination instanceof LibvirtHost there) || !canMigrateTo(destination)) {
            throw new HostFailure(Kind.UNSUPPORTED, "%s cannot move to %s: not a QEMU host of the same site and architecture.".formatted(order.vee(), destination));
        }
        var uuid = parts.site.uuid(order.vee());
        order(order, () -> parts.inquiries.whileItMoves(uuid, () -> new Moves(parts.end(), there.parts.end(), order, guest, migration, progress).go()));
        there.parts.rates().ifPresent(bounds -> bounds.apply(guest));
        forget(order.vee());
    }

    @Override
    public boolean canMigrateTo(VeeHost destination) {
        return destination instanceof LibvirtHost other && other != this && !other.parts.uri.equals(parts.uri) && other.parts.site.equals(parts.site)
                && parts.platform.hypervisor() == Hypervisor.QEMU && other.parts.platform.hypervisor() == Hypervisor.QEMU
                && parts.platform.words().architecture().equals(other.parts.platform.words().architecture());
    }

    // ---- changing a guest

    @Override
    public void resize(Order order, Guest guest) {
        order(order, () -> parts.devices.resize(order, guest));
    }

    @Override
    public void attachDisk(Order order, Guest guest, int disk) {
        order(order, () -> parts.devices.attachDisk(order, guest, disk));
    }

    @Override
    public void detachDisk(Order order, Guest guest, int disk) {
        order(order, () -> parts.devices.detachDisk(order, guest, disk));
    }

    @Override
    public void resizeDisk(Order order, Guest guest, int disk) {
        order(order, () -> parts.devices.resizeDisk(order, guest, disk));
    }

    @Override
    public void attachNic(Order order, Guest guest, int nic) {
        order(order, () -> parts.devices.attachNic(order, guest, nic));
        parts.rates().ifPresent(bounds -> bounds.apply(guest));
    }

    @Override
    public void detachNic(Order order, Guest guest, int nic) {
        order(order, () -> parts.devices.detachNic(order, guest, nic));
    }

    @Override
    public void snapshot(Order order, Guest guest, SnapshotWork work) {
        order(order, () -> parts.snapshots.work(order, guest, work));
    }

    @Override
    public void exportDisk(Order order, Guest guest, int disk, boolean flat, ByteSink sink, Progress progress) {
        order(order, () -> parts.transfers.export(order, guest, disk, flat, sink, progress));
    }

    // ---- the host itself

    @Override
    public void sleep() {
        var depth = Reports.sleep(Xml.read(parts.link.quick().capabilities()))
                .orElseThrow(() -> new HostFailure(Kind.UNSUPPORTED, "%s says that it cannot be put to sleep.".formatted(parts.uri)));
        parts.link.quick().within(Parts.FACTS).suspendHost(depth, LONGEST_SLEEP.toSeconds());
    }

    @Override
    public void leave() {
        parts.pool.leave();
    }

    // ---- people and the guest's own voice

    @Override
    public Console console(VeeId vee) {
        return new StreamConsole(parts.link.slow().console(parts.find(vee)));
    }

    @Override
    public Optional<ScreenAddress> screen(VeeId vee) {
        return Xml.at(Xml.read(parts.link.quick().xml(parts.find(vee), 0)), "devices", "graphics")
                .filter(graphics -> graphics.getAttribute("port").matches("[1-9][0-9]*"))
                .map(graphics -> new ScreenAddress(graphics.getAttribute("type"), Xml.attribute(graphics, "listen").orElse("127.0.0.1"),
                        Integer.parseInt(graphics.getAttribute("port"))));
    }

    @Override
    public Optional<String> askAgent(VeeId vee, String json) {
        return new GuestAgent(parts.link).ask(parts.find(vee), json, AGENT);
    }

    private void order(Order order, Runnable work) {
        parts.generations.inTurn(order, () -> {
            work.run();
            return null;
        });
    }

    @Override
    public void close() {
        parts.close();
    }

    @Override
    public String toString() {
        return parts.uri;
    }
}
