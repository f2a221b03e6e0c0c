package org.reservoir.veeh.libvirt;

import java.time.Duration;
import java.util.function.Predicate;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;

import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.kernel.DataSize;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * Gives a running guest CPUs and memory, or takes some. What it was not started for is refused before anything is changed; what is taken the guest hands back when it
 * comes to it, or not at all: then it has all that it had before.
 */
final class Resizing {
    private static final Logger LOG = LoggerFactory.getLogger(Resizing.class);
    private static final Duration LOOK = Duration.ofMillis(200);
    /** libvirt itself waits five seconds for an answer. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(2);

    private final LibvirtConnection daemon;
    private final Domain dom;
    private final Order order;

    Resizing(LibvirtConnection daemon, Domain dom, Order order) {
        this.daemon = daemon;
        this.dom = dom;
        this.order = order;
    }

    /** @throws HostFailure ONLY_WHEN_OFF, KEPT_BY_GUEST: it is as it was */
    void to(Guest guest) {
        var before = look();
        require(guest, before);
        long kib = memory(before);
        daemon.memory(dom, guest.memory().kibibytes(), Flags.AFFECT_LIVE);
        try {
            if (guest.memory().kibibytes() < kib) {
                await(now -> memory(now) <= guest.memory().kibibytes(), "memory beyond " + guest.memory(), () -> { });
            }
            cpus(guest.vcpus(), cpus(before));
        } catch (HostFailure failure) {
            if (!failure.kind().passing()) {
                daemon.memory(dom, kib, Flags.AFFECT_LIVE);
            }
            throw failure;
        }
    }

    private Element look() {
        return Xml.read(daemon.xml(dom, 0));
    }

    private void require(Guest guest, Element live) {
        long most = Xml.textAt(live, "vcpu").map(Long::parseLong).orElse(1L);
        long mostKib = Xml.textAt(live, "memory").map(Long::parseLong).orElse(0L);
        if (guest.vcpus() > most || guest.memory().kibibytes() > mostKib) {
            throw onlyWhenOff("%s runs and was started for at most %d CPUs and %s.".formatted(order.vee(), most, new DataSize(mostKib << 10)));
        }
        int now = cpus(live);
        if (guest.vcpus() < now && live.getAttribute("type").equals("qemu")) {
            // seen with QEMU 7.2: the CPU goes, libvirt never hears of it, and from then on the guest stands still when it is to be moved
            throw onlyWhenOff("%s runs on emulated CPUs, and QEMU takes none of those from a running guest without harm.".formatted(order.vee()));
        }
        long fixed = now - pluggable(live);
        if (guest.vcpus() < Math.min(fixed, now)) {
            throw onlyWhenOff("%s runs and was started with %d CPUs, which it cannot hand back.".formatted(order.vee(), fixed));
        }
    }

    private static HostFailure onlyWhenOff(String why) {
        return new HostFailure(Kind.ONLY_WHEN_OFF, why);
    }

    /** CPUs that were plugged in while it ran, or all where nothing is said. */
    private static long pluggable(Element live) {
        return Xml.at(live, "vcpus").map(all -> Xml.children(all, "vcpu").stream()
                .filter(cpu -> cpu.getAttribute("enabled").equals("yes") && cpu.getAttribute("hotpluggable").equals("yes")).count()).orElse(Long.MAX_VALUE);
    }

    private void cpus(int wanted, int before) {
        if (wanted > before) {
            daemon.vcpus(dom, wanted, Flags.AFFECT_LIVE);
        } else if (wanted < before) {
            await(now -> cpus(now) <= wanted, "CPUs beyond " + wanted, () -> daemon.vcpus(dom, wanted, Flags.AFFECT_LIVE));
        }
    }

    /** Asks again and again: a guest that was asked before it had booted never heard of it. */
    private void await(Predicate<Element> done, String what, Runnable ask) {
        var deadline = Deadline.in(order.patience());
        var again = Deadline.in(Duration.ZERO);
        while (!done.test(look())) {
            if (deadline.isOver()) {
                throw new HostFailure(Kind.KEPT_BY_GUEST, "%s runs and has not handed back its %s in %d s.".formatted(order.vee(), what, order.patience().toSeconds()));
            }
            if (again.isOver()) {
                ask(ask);
                again = Deadline.in(ASK_AGAIN);
            }
            deadline.rest(LOOK, "%s to hand back its %s".formatted(order.vee(), what));
        }
    }

    /** libvirt gives up after some seconds, with an empty error or that of QEMU, which has not had its answer yet: the guest may still come to it. */
    private void ask(Runnable ask) {
        try {
            ask.run();
        } catch (HostFailure failure) {
            if (failure.kind() != Kind.REFUSED && failure.kind() != Kind.BUSY) {
                throw failure;
            }
            LOG.debug("{} is still asked: {}", order.vee(), failure.getMessage());
        }
    }

    private static int cpus(Element live) {
        return Xml.at(live, "vcpu").flatMap(vcpu -> Xml.attribute(vcpu, "current")).or(() -> Xml.textAt(live, "vcpu")).map(Integer::parseInt).orElse(1);
    }

    private static long memory(Element live) {
        return Xml.textAt(live, "currentMemory").or(() -> Xml.textAt(live, "memory")).map(Long::parseLong).orElse(0L);
    }
}
