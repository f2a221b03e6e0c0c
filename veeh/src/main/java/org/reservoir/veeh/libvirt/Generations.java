package org.reservoir.veeh.libvirt;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.kernel.VeeId;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * Lets orders for one VEE through one at a time, and none that is older than the newest. The newest is written in the domain's metadata,
 * where every site server finds it; of guests that came or went, and of those on hypervisors that keep no metadata, this process remembers
 * the last thousand.
 */
final class Generations {
    private static final int REMEMBERED = 1000;

    private final Site site;
    private final Map<VeeId, ReentrantLock> turns = new ConcurrentHashMap<>();
    private final Map<VeeId, Long> remembered = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<VeeId, Long> eldest) {
            return size() > REMEMBERED;
        }
    };

    Generations(Site site) {
        this.site = site;
    }

    /** Carries out {@code work} while no other order for the VEE is carried out. @throws HostFailure BUSY when its turn does not come in time */
    <T> T inTurn(Order order, Supplier<T> work) {
        var turn = turns.computeIfAbsent(order.vee(), _ -> new ReentrantLock());
        try {
            if (!turn.tryLock(order.patience().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new HostFailure(Kind.BUSY, "Another order for %s is still under way.".formatted(order.vee()));
            }
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new HostFailure(Kind.BUSY, "Interrupted while another order for %s was under way.".formatted(order.vee()), interruption);
        }
        try {
            return work.get();
        } finally {
            if (!turn.hasQueuedThreads()) {
                turns.remove(order.vee(), turn);
            }
            turn.unlock();
        }
    }

    /**
     * The domain, after it has taken the order's generation; empty when the host has none, or has none any more once it was asked about it: what a server
     * that ended had asked for may be done meanwhile. @throws HostFailure STALE_ORDER for an older order
     */
    Optional<Domain> take(LibvirtConnection daemon, Order order) {
        try {
            return take(daemon, order, daemon.domain(site.uuid(order.vee())));
        } catch (HostFailure failure) {
            if (failure.kind() != Kind.NO_SUCH_GUEST) {
                throw failure;
            }
            return take(daemon, order, daemon.domain(site.uuid(order.vee())));
        }
    }

    private Optional<Domain> take(LibvirtConnection daemon, Order order, Optional<Domain> found) {
        if (isNew(daemon, order, found)) {
            found.ifPresentOrElse(dom -> write(daemon, dom, order), () -> remember(order));
        }
        return found;
    }

    private boolean isNew(LibvirtConnection daemon, Order order, Optional<Domain> found) {
        long newest = found.map(dom -> newest(daemon, dom)).filter(known -> known > 0).orElseGet(() -> remembered(order.vee()));
        if (order.generation() < newest) {
            throw new HostFailure(Kind.STALE_ORDER, "%s of generation %d came after generation %d.".formatted(order.vee(), order.generation(), newest));
        }
        return order.generation() > newest;
    }

    /** Ends the guest's process, where there is one, and takes the order only then: nothing can be written down about a guest that stands still in another order. */
    Optional<Domain> end(LibvirtConnection daemon, Order order) {
        var found = daemon.domain(site.uuid(order.vee())).filter(Domain::active);
        if (found.isPresent() && isStill(daemon, order, found)) {
            daemon.destroy(found.get());
        }
        return take(daemon, order);
    }

    /** Whether it is there still, for an order that is not too old. */
    private boolean isStill(LibvirtConnection daemon, Order order, Optional<Domain> found) {
        try {
            isNew(daemon, order, found);
            return true;
        } catch (HostFailure failure) {
            if (failure.kind() != Kind.NO_SUCH_GUEST) {
                throw failure;
            }
            return false;
        }
    }

    void write(LibvirtConnection daemon, Domain dom, Order order) {
        if (Poor.ask(() -> mark(daemon, dom, order)).isEmpty()) {
            remember(order);
        }
    }

    private boolean mark(LibvirtConnection daemon, Domain dom, Order order) {
        daemon.metadata(dom, DomainXml.mark(site, order.vee().value(), order.generation()), "r", Site.NAMESPACE,
                dom.active() ? Flags.AFFECT_LIVE | Flags.AFFECT_CONFIG : Flags.AFFECT_CONFIG);
        return true;
    }

    static long newest(LibvirtConnection daemon, Domain dom) {
        return Poor.ask(() -> daemon.metadata(dom, Site.NAMESPACE)).flatMap(mark -> mark).map(Xml::read).flatMap(mark -> Xml.attribute(mark, "generation")).map(Long::parseLong).orElse(0L);
    }

    void remember(Order order) {
        synchronized (remembered) {
            remembered.put(order.vee(), order.generation());
        }
    }

    private long remembered(VeeId vee) {
        synchronized (remembered) {
            return remembered.getOrDefault(vee, 0L);
        }
    }
}
