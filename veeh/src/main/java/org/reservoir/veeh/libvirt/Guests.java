package org.reservoir.veeh.libvirt;

import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.kernel.VeeId;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.LibvirtConnection;
import org.reservoir.libvirtrpc.Volume;

/**
 * The life of guests: defined first, so that whatever breaks afterwards shows in the census, then their disks, then started, and undefined
 * last of all. Every step looks first at what is there.
 */
final class Guests {
    private static final Duration ASK_AGAIN = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Link link;
    private final Site site;
    private final Pool pool;
    private final Generations generations;
    private final Supplier<DomainXml> words;
    private final GuestAgent agent;
    /** Definitions of guests that were prepared and neither started nor erased since. */
    private final Map<VeeId, String> prepared = new ConcurrentHashMap<>();

    Guests(Link link, Site site, Pool pool, Generations generations, Supplier<DomainXml> words) {
        this.link = link;
        this.site = site;
        this.pool = pool;
        this.generations = generations;
        this.words = words;
        this.agent = new GuestAgent(link);
    }

    void prepare(Order order, Guest guest) {
        var daemon = link.quick().within(order.patience());
        var found = generations.take(daemon, order);
        pool.requireReached();
        pool.images().require(DomainXml.images(guest));
        boolean runs = found.filter(Domain::active).isPresent();
        if (!runs) {
            var xml = words.get().domain(guest, order.generation());
            daemon.define(xml);
            prepared.put(guest.vee(), xml);
        }
        guardNics(daemon, guest);
        if (!runs) {
            guest.disks().forEach(disk -> makeDisk(guest, disk));
            putSeed(guest);
        }
    }

    void makeDisk(Guest guest, Disk disk) {
        switch (disk.content()) {
            case Disk.Content.CloneOf(var image) -> pool.makeDisk(site.disk(guest.vee(), disk.number()), disk.size(), Optional.of(image));
            case Disk.Content.Blank() -> pool.makeDisk(site.disk(guest.vee(), disk.number()), disk.size(), Optional.empty());
            case Disk.Content.Cd(_) -> { }
        }
    }

    void putSeed(Guest guest) {
        if (!guest.seed().isEmpty()) {
            var iso = SeedIso.of("cidata", guest.seed());
            pool.putFile(site.seed(guest.vee()), iso.length, new ByteArrayInputStream(iso));
        }
    }

    void guardNics(LibvirtConnection daemon, Guest guest) {
        var filters = new FilterXml(site);
        guest.nics().stream().filter(nic -> words.get().hypervisor() == Hypervisor.QEMU && (nic.guarded() || !nic.filters().isEmpty()))
                .forEach(nic -> daemon.defineFilter(filters.nic(guest.vee(), nic)));
    }

    void start(Order order, Guest guest) {
        var daemon = link.quick().within(order.patience());
        var found = generations.take(daemon, order);
        pool.requireReached();
        if (found.filter(Domain::active).isEmpty()) {
            boot(defined(daemon, found, words.get().domain(guest, order.generation())), order, words.get().hypervisor().bootFlags());
        }
    }

    /** What was defined a moment ago, when the guest was prepared, is not defined once more. */
    private Domain defined(LibvirtConnection daemon, Optional<Domain> found, String xml) {
        var vee = found.flatMap(dom -> site.veeOfDomain(dom.name()));
        return vee.filter(known -> prepared.remove(known, xml)).flatMap(_ -> found).orElseGet(() -> daemon.define(xml));
    }

    void restore(Order order) {
        var daemon = link.quick().within(order.patience());
        var dom = take(daemon, order);
        if (!dom.active() && !daemon.hasManagedSave(dom)) {
            throw new HostFailure(Kind.REFUSED, "%s has no saved state on this host.".formatted(order.vee()));
        }
        if (!dom.active()) {
            boot(dom, order, 0);
        }
    }

    private void boot(Domain dom, Order order, int flags) {
        link.slow().within(order.patience()).create(dom, flags);
    }

    void pause(Order order) {
        changeRunning(order, (daemon, dom, state) -> {
            if (state != GuestState.PAUSED) {
                daemon.suspend(dom);
            }
        });
    }

    void unpause(Order order) {
        changeRunning(order, (daemon, dom, state) -> {
            if (state == GuestState.PAUSED) {
                daemon.resume(dom);
            }
        });
    }

    void save(Order order) {
        var daemon = link.guest().within(order.patience());
        var dom = take(daemon, order);
        if (dom.active()) {
            daemon.managedSave(dom);
        } else if (!daemon.hasManagedSave(dom)) {
            throw notRunning(order);
        }
    }

    void shutdown(Order order, boolean hard) {
        var deadline = Deadline.in(order.patience());
        var daemon = link.guest().within(order.patience());
        var dom = found(order, hard ? generations.end(daemon, order) : generations.take(daemon, order));
        if (!hard && dom.active()) {
            askToShutDown(daemon, dom, deadline);
        }
    }

    /** By its agent first, when it has one. Asks again now and then, by the power button: a guest that is still booting misses it, and an agent may lie. */
    private void askToShutDown(LibvirtConnection daemon, Domain dom, Deadline deadline) {
        var again = Deadline.in(agent.end(dom, "powerdown") ? ASK_AGAIN : Duration.ZERO);
        while (States.alive(daemon.state(dom).state())) {
            if (again.isOver()) {
                daemon.shutdown(dom, button(Flags.SHUTDOWN_ACPI_POWER_BTN));
                again = Deadline.in(ASK_AGAIN);
            }
            deadline.pause(LOOK, "%s to shut down".formatted(dom.name()));
        }
    }

    void reboot(Order order, boolean hard) {
        changeRunning(order, (daemon, dom, _) -> {
            if (hard) {
                daemon.reset(dom);
            } else if (!agent.end(dom, "reboot")) {
                daemon.reboot(dom, button(Flags.REBOOT_ACPI_POWER_BTN));
            }
        });
    }

    /** QEMU's driver left to itself would wait a minute for an agent that hangs; other drivers know no such choice. */
    private int button(int flag) {
        return words.get().hypervisor() == Hypervisor.QEMU ? flag : 0;
    }

    void erase(Order order) {
        remove(order, pool::files);
    }

    /** Of a guest that may run on another host: its files are left where that host sees them, too. */
    void withdraw(Order order) {
        remove(order, pool::ownFiles);
    }

    /** Leaves every file. */
    void forsake(Order order) {
        remove(order, List::of);
    }

    /** @param files among which those of the guest go with it; asked for when it runs no more */
    private void remove(Order order, Supplier<List<Volume>> files) {
        var daemon = link.slow().within(order.patience());
        prepared.remove(order.vee());
        var found = generations.end(daemon, order);
        files.get().stream().filter(file -> site.veeOfVolume(file.name()).filter(order.vee()::equals).isPresent()).forEach(daemon::deleteVolume);
        found.ifPresent(dom -> daemon.undefine(dom, words.get().hypervisor().undefineFlags()));
        dropNicFilters(daemon, order.vee());
        generations.remember(order);
    }

    void dropNicFilters(LibvirtConnection daemon, VeeId vee) {
        if (words.get().hypervisor() == Hypervisor.QEMU) {
            daemon.filters().stream().filter(name -> site.veeOfFilter(name).filter(vee::equals).isPresent()).forEach(daemon::undefineFilter);
        }
    }

    // ---- for the other parts

    Domain take(LibvirtConnection daemon, Order order) {
        return found(order, generations.take(daemon, order));
    }

    private static Domain found(Order order, Optional<Domain> dom) {
        return dom.orElseThrow(() -> new HostFailure(Kind.NO_SUCH_GUEST, "%s is not on this host.".formatted(order.vee())));
    }

    static HostFailure notRunning(Order order) {
        return new HostFailure(Kind.UNSUPPORTED, "%s does not run.".formatted(order.vee()));
    }

    @FunctionalInterface
    private interface Change {
        void make(LibvirtConnection daemon, Domain dom, GuestState state);
    }

    private void changeRunning(Order order, Change change) {
        var daemon = link.guest().within(order.patience());
        var dom = take(daemon, order);
        var state = daemon.state(dom);
        if (!States.alive(state.state())) {
            throw notRunning(order);
        }
        change.make(daemon, dom, States.of(state.state(), state.reason(), false));
    }
}
