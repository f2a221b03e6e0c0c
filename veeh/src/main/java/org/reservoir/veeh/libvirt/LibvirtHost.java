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
import org.reservoir.veeh.Ears;

/**
 * A host that runs libvirt, driven through libvirt's remote protocol alone. This class says which part does what; the parts know how.
 * Connections break and come back underneath it: a call made meanwhile fails as UNREACHABLE, listeners hear of both.
 */
final class LibvirtHost implements VeeHost, Link.User {
    private static final Duration FACTS = Duration.ofSeconds(30);
    private static final Duration AGENT = Duration.ofSeconds(5);

    private final String name;
    private final String uri;
    private final Site site;
    private final Map<String, String> options;
    private final InstantSource clock;
    private final Optional<Shell> shell;
    private final Ears ears = new Ears(work -> Thread.ofVirtual().name("libvirt-events").start(work));
    private final Link link;
    private final Pool pool;
    private final Generations generations;
    private final Guests guests;
    private final Devices devices;
    private final Networks networks;
    private final Snapshots snapshots;
    private final Transfers transfers;
    private final Voices voices;
    private final Platform platform;
    private final News news;
    private boolean wasConnected;

    private LibvirtHost(String uri, Site site, Map<String, String> options, InstantSource clock, Supplier<LibvirtConnection> dialer) {
        this.name = uri;
        this.uri = uri;
        this.site = site;
        this.options = options;
        this.clock = clock;
        this.shell = Shell.of(Optional.ofNullable(options.get("shell")));
        this.link = new Link(uri, dialer, this);
        var poolName = options.getOrDefault("pool", "reservoir");
        this.pool = new Pool(link, poolName, options.getOrDefault("folder", "/var/lib/libvirt/" + poolName));
        this.generations = new Generations(site);
        this.platform = new Platform(link, site, pool, options, shell);
        Supplier<DomainXml> words = platform::words;
        this.guests = new Guests(link, site, pool, generations, words);
        this.devices = new Devices(link, site, pool, guests, words);
        this.networks = new Networks(link, site, shell);
        this.snapshots = new Snapshots(link, generations, guests, words);
        this.transfers = new Transfers(link, site, pool, generations, words);
        this.voices = new Voices(link, ear());
        this.news = new News(site, platform, voices, ears);
    }

    /** Empty where libvirt bounds bandwidth itself. */
    private Optional<Rates> rates() {
        return shell.filter(_ -> platform.bounds() == Rates.Way.NFTABLES).map(root -> new Rates(link, site, root));
    }

    /** Connects at once. @throws HostFailure UNREACHABLE when that fails */
    static LibvirtHost open(String uri, Site site, Map<String, String> options, InstantSource clock, Supplier<LibvirtConnection> dialer) {
        var host = new LibvirtHost(uri, site, options, clock, dialer);
        try {
            host.link.begin();
            return host;
        } catch (HostFailure failure) {
            host.close();
            throw failure;
        }
    }

    // ---- the connection

    @Override
    public void connected(LibvirtConnection quick) {
        pool.open(quick.within(FACTS));
        platform.forget();
        networks.forget();
        platform.hypervisor(); // asked before there are events: who hears them must not ask
        quick.listen(news::heard);
        quick.domains(1).forEach(dom -> site.veeOfDomain(dom.name()).ifPresent(vee -> news.runs(vee, dom)));
        if (wasConnected) {
            ears.tell(HostListener::connectionRegained);
            ears.tell(HostListener::missedEvents);
        }
        wasConnected = true;
    }

    @Override
    public void lost(String why) {
        voices.forgetAll();
        ears.tell(listener -> listener.connectionLost(why));
    }

    private Voices.Ear ear() {
        return new Voices.Ear() {
            @Override
            public void said(VeeId vee, String line) {
                ears.tell(listener -> listener.guestSaid(vee, line));
            }

            @Override
            public void unheard(VeeId vee, long lines) {
                ears.tell(listener -> listener.guestUnheard(vee, lines));
            }
        };
    }

    // ---- what there is

    @Override
    public HostFacts facts() {
        return new Reports(site, pool).facts(link.quick().within(FACTS), platform, shell.isPresent(), options);
    }

    @Override
    public Census census() {
        return new Reports(site, pool).census(link.quick());
    }

    @Override
    public HostReading reading() {
        return new Reports(site, pool).reading(link.quick(), clock.instant());
    }

    @Override
    public Subscription watch(HostListener listener) {
        return ears.add(listener);
    }

    // ---- images, networks, filters

    @Override
    public void ensureImage(ImageFile image, ByteSource source, Progress progress) {
        pool.bring(image, source, progress);
    }

    @Override
    public List<String> cachedImages() {
        return pool.images();
    }

    @Override
    public boolean dropImage(String digest) {
        return pool.drop(digest);
    }

    @Override
    public void ensureNetwork(HostNetwork network) {
        networks.ensure(network);
    }

    @Override
    public void dropNetwork(NetworkId network) {
        networks.drop(network);
    }

    @Override
    public void ensureFilter(TrafficFilter filter) {
        if (!platform.hypervisor().filters) {
            throw new HostFailure(Kind.UNSUPPORTED, "%s has no traffic filters, so security groups would not hold.".formatted(name));
        }
        if (platform.hypervisor() == Hypervisor.QEMU) {
            networks.ensure(filter);
        }
    }

    @Override
    public void dropFilter(SecurityGroupId group) {
        if (platform.hypervisor() == Hypervisor.QEMU) {
            networks.drop(group);
        }
    }

    // ---- the life of a guest

    @Override
    public void prepare(Order order, Guest guest) {
        order(order, () -> guests.prepare(order, guest));
    }

    @Override
    public void importDisk(Order order, Guest guest, int disk, ByteSource source, Progress progress) {
        order(order, () -> transfers.bring(order, guest, disk, source, progress));
    }

    @Override
    public void start(Order order, Guest guest) {
        order(order, () -> guests.start(order, guest));
        rates().ifPresent(bounds -> bounds.apply(guest));
    }

    @Override
    public void restore(Order order, Guest guest) {
        order(order, () -> guests.restore(order));
        rates().ifPresent(bounds -> bounds.apply(guest));
    }

    @Override
    public void pause(Order order) {
        order(order, () -> guests.pause(order));
    }

    @Override
    public void unpause(Order order) {
        order(order, () -> guests.unpause(order));
    }

    @Override
    public void save(Order order) {
        order(order, () -> guests.save(order));
    }

    @Override
    public void shutdown(Order order, boolean hard) {
        order(order, () -> guests.shutdown(order, hard));
    }

    @Override
    public void reboot(Order order, boolean hard) {
        order(order, () -> guests.reboot(order, hard));
    }

    @Override
    public void erase(Order order) {
        order(order, () -> guests.erase(order));
        rates().ifPresent(bounds -> bounds.drop(order.vee()));
        voices.ended(order.vee());
    }

    @Override
    public void migrate(Order order, Guest guest, VeeHost destination, Migration migration, Progress progress) {
        if (!(destination instanceof LibvirtHost there) || !canMigrateTo(destination)) {
            throw new HostFailure(Kind.UNSUPPORTED, "%s cannot move to %s: not a QEMU host of the same site and architecture.".formatted(order.vee(), destination));
        }
        order(order, () -> new Moves(end(), there.end(), order, guest, migration, progress).go());
        there.rates().ifPresent(bounds -> bounds.apply(guest));
        rates().ifPresent(bounds -> bounds.drop(order.vee()));
        voices.ended(order.vee());
    }

    private Moves.End end() {
        return new Moves.End(link, site, pool, guests, generations, platform.words(), migrationAddress(), Optional.ofNullable(options.get("storage")));
    }

    /** Where other hosts' QEMU reaches this host's: the option {@code migration}, else the host in the address, else the host's own name. */
    private String migrationAddress() {
        return Optional.ofNullable(options.get("migration")).or(() -> Optional.ofNullable(java.net.URI.create(uri).getHost()))
                .orElseGet(() -> link.quick().hostname());
    }

    @Override
    public boolean canMigrateTo(VeeHost destination) {
        return destination instanceof LibvirtHost other && other != this && !other.uri.equals(uri) && other.site.equals(site)
                && platform.hypervisor() == Hypervisor.QEMU && other.platform.hypervisor() == Hypervisor.QEMU
                && platform.words().architecture().equals(other.platform.words().architecture());
    }

    // ---- changing a guest

    @Override
    public void resize(Order order, Guest guest) {
        order(order, () -> devices.resize(order, guest));
    }

    @Override
    public void attachDisk(Order order, Guest guest, int disk) {
        order(order, () -> devices.attachDisk(order, guest, disk));
    }

    @Override
    public void detachDisk(Order order, Guest guest, int disk) {
        order(order, () -> devices.detachDisk(order, guest, disk));
    }

    @Override
    public void resizeDisk(Order order, Guest guest, int disk) {
        order(order, () -> devices.resizeDisk(order, guest, disk));
    }

    @Override
    public void attachNic(Order order, Guest guest, int nic) {
        order(order, () -> devices.attachNic(order, guest, nic));
        rates().ifPresent(bounds -> bounds.apply(guest));
    }

    @Override
    public void detachNic(Order order, Guest guest, int nic) {
        order(order, () -> devices.detachNic(order, guest, nic));
    }

    @Override
    public void snapshot(Order order, Guest guest, SnapshotWork work) {
        order(order, () -> snapshots.work(order, guest, work));
    }

    @Override
    public void exportDisk(Order order, Guest guest, int disk, boolean flat, ByteSink sink, Progress progress) {
        order(order, () -> transfers.export(order, guest, disk, flat, sink, progress));
    }

    // ---- people and the guest's own voice

    @Override
    public Console console(VeeId vee) {
        return new StreamConsole(link.slow().console(find(vee)));
    }

    @Override
    public Optional<ScreenAddress> screen(VeeId vee) {
        return Xml.at(Xml.read(link.quick().xml(find(vee), 0)), "devices", "graphics")
                .filter(graphics -> graphics.getAttribute("port").matches("[1-9][0-9]*"))
                .map(graphics -> new ScreenAddress(graphics.getAttribute("type"), Xml.attribute(graphics, "listen").orElse("127.0.0.1"),
                        Integer.parseInt(graphics.getAttribute("port"))));
    }

    @Override
    public Optional<String> askAgent(VeeId vee, String json) {
        return new GuestAgent(link).ask(find(vee), json, AGENT);
    }

    private Domain find(VeeId vee) {
        return link.quick().domain(site.uuid(vee)).orElseThrow(() -> new HostFailure(Kind.NO_SUCH_GUEST, "%s is not on %s.".formatted(vee, name)));
    }

    private void order(Order order, Runnable work) {
        generations.inTurn(order, () -> {
            work.run();
            return null;
        });
    }

    @Override
    public void close() {
        voices.close();
        link.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
