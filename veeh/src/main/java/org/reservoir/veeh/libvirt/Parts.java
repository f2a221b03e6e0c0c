package org.reservoir.veeh.libvirt;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostListener;
import org.reservoir.kernel.VeeId;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.LibvirtConnection;
import org.reservoir.veeh.Ears;

/**
 * The parts of a libvirt host, put together, and what becomes of them when its connection comes and goes. Connections break and come back
 * underneath: a call made meanwhile fails as UNREACHABLE, listeners hear of both.
 */
final class Parts implements Link.User, AutoCloseable {
    static final Duration FACTS = Duration.ofSeconds(30);
    /** Option that names the storage which the host's folder is on: hosts that give the same name see the same files. */
    static final String SHARED_STORAGE = "storage";

    final String uri;
    final Site site;
    final Map<String, String> options;
    final Optional<Shell> shell;
    final Ears ears = new Ears(work -> Thread.ofVirtual().name("libvirt-events").start(work));
    final Link link;
    final Pool pool;
    final Generations generations;
    final Guests guests;
    final Devices devices;
    final Networks networks;
    final Snapshots snapshots;
    final Transfers transfers;
    final Voices voices;
    final Inquiries inquiries;
    final Platform platform;
    private final News news;
    private boolean wasConnected;

    Parts(String uri, Site site, Map<String, String> options, Supplier<LibvirtConnection> dialer) {
        this.uri = uri;
        this.site = site;
        this.options = options;
        this.shell = Shell.of(Optional.ofNullable(options.get("shell")));
        this.link = new Link(uri, dialer, this);
        var poolName = options.getOrDefault("pool", Pool.USUAL);
        this.pool = new Pool(link, poolName, Optional.ofNullable(options.get("folder")), options.containsKey(SHARED_STORAGE));
        this.generations = new Generations(site);
        this.platform = new Platform(link, site, pool, options, shell);
        Supplier<DomainXml> words = platform::words;
        this.guests = new Guests(link, site, pool, generations, words);
        this.devices = new Devices(link, site, pool, guests, words);
        this.networks = new Networks(link, site, shell);
        this.snapshots = new Snapshots(link, generations, guests, words);
        this.transfers = new Transfers(link, site, pool, generations, words);
        this.voices = new Voices(link, ear());
        this.inquiries = new Inquiries(dialer);
        this.news = new News(site, platform, voices, ears);
    }

    /** Empty where libvirt bounds bandwidth itself. */
    Optional<Rates> rates() {
        return shell.filter(_ -> platform.bounds() == Rates.Way.NFTABLES).map(root -> new Rates(link, site, root));
    }

    /** What a move needs of this host. */
    Moves.End end() {
        return new Moves.End(link, site, pool, guests, generations, platform.words(), migrationAddress(), Optional.ofNullable(options.get(SHARED_STORAGE)));
    }

    /** Where other hosts' QEMU reaches this host's: the option {@code migration}, else the host in the address, else the host's own name. */
    private String migrationAddress() {
        return Optional.ofNullable(options.get("migration")).or(() -> Optional.ofNullable(URI.create(uri).getHost()))
                .orElseGet(() -> link.quick().hostname());
    }

    Domain find(VeeId vee) {
        return link.quick().domain(site.uuid(vee)).orElseThrow(() -> new HostFailure(Kind.NO_SUCH_GUEST, "%s is not on %s.".formatted(vee, uri)));
    }

    // ---- the connection

    @Override
    public void connected(LibvirtConnection quick) {
        platform.forget();
        networks.forget();
        pool.open(quick.within(FACTS), platform.hypervisor()); // asked before there are events: who hears them must not ask
        listen(quick);
        quick.domains(1).forEach(dom -> site.veeOfDomain(dom.name()).ifPresent(vee -> news.runs(vee, dom)));
        if (wasConnected) {
            ears.tell(HostListener::connectionRegained);
            ears.tell(HostListener::missedEvents);
        }
        wasConnected = true;
    }

    /** A driver that tells of nothing is looked at in every census. */
    private void listen(LibvirtConnection quick) {
        Poor.ask(() -> {
            quick.listen(news::heard);
            return true;
        });
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

    @Override
    public void close() {
        voices.close();
        inquiries.close();
        link.close();
    }
}
