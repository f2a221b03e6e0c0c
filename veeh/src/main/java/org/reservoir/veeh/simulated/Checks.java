package org.reservoir.veeh.simulated;

import java.util.function.Predicate;

import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.VeeId;

/** Why a real host would say no; all under the machine's lock. */
final class Checks {
    private Checks() {}

    static HostFailure refuse(Kind kind, String message, Object... values) {
        return new HostFailure(kind, message.formatted(values));
    }

    static void generation(SimulatedMachine machine, Order order) {
        var newest = machine.newest(order.vee());
        if (order.generation() < newest) {
            throw refuse(Kind.STALE_ORDER, "%s of generation %d came to %s after generation %d.", order.vee(), order.generation(), machine.name, newest);
        }
    }

    static SimulatedGuest find(SimulatedMachine machine, VeeId vee) {
        var held = machine.guests.get(vee);
        if (held == null) {
            throw refuse(Kind.NO_SUCH_GUEST, "%s is not on %s.", vee, machine.name);
        }
        return held;
    }

    /** Networks and filters that the guest's NICs need. One that is missing passes: it was taken away while the guest was on its way. */
    static void surroundings(SimulatedMachine machine, Guest guest) {
        for (var nic : guest.nics()) {
            if (!machine.networks.containsKey(nic.network())) {
                throw refuse(Kind.BUSY, "%s has no %s for %s.", machine.name, nic.network(), guest.vee());
            }
            for (var filter : nic.filters()) {
                if (!machine.filters.containsKey(filter)) {
                    throw refuse(Kind.BUSY, "%s has no %s for %s.", machine.name, filter, guest.vee());
                }
            }
        }
    }

    static void image(SimulatedMachine machine, ImageFile image) {
        if (!machine.images.containsKey(image.digest())) {
            throw refuse(Kind.REFUSED, "%s does not have image %s in its cache.", machine.name, image.digest());
        }
    }

    static void memory(SimulatedMachine machine, Guest guest) {
        if (memoryInUse(machine).plus(guest.memory()).compareTo(machine.size.memory()) > 0) {
            throw refuse(Kind.NO_ROOM, "%s has no %s of memory left for %s.", machine.name, guest.memory(), guest.vee());
        }
    }

    static DataSize memoryInUse(SimulatedMachine machine) {
        long bytes = 0;
        for (var guest : machine.guests.values()) {
            bytes += guest.alive() ? guest.made.memory().bytes() : 0;
        }
        return DataSize.bytes(bytes);
    }

    static DataSize diskFree(SimulatedMachine machine) {
        long used = machine.images.values().stream().mapToLong(ImageFile::length).sum();
        return machine.size.disk().minus(DataSize.bytes(used));
    }

    static void alive(SimulatedGuest held, String wish) {
        if (!held.alive()) {
            throw refuse(Kind.UNSUPPORTED, "%s is %s and cannot %s.", held.made.vee(), held.state, wish);
        }
    }

    static void still(SimulatedGuest held, String wish) {
        if (held.alive()) {
            throw refuse(Kind.UNSUPPORTED, "%s is %s and cannot %s.", held.made.vee(), held.state, wish);
        }
    }

    static void hearing(SimulatedGuest held, boolean hard) {
        if (held.deaf && !hard || held.state == GuestState.PAUSED && !hard) {
            throw refuse(Kind.TIMED_OUT, "%s does not answer.", held.made.vee());
        }
    }

    static void lettingGo(SimulatedGuest held, String device, int number) {
        if (held.clings && held.alive()) {
            throw refuse(Kind.KEPT_BY_GUEST, "%s does not let go of %s %d.", held.made.vee(), device, number);
        }
    }

    static Volume volume(SimulatedGuest held, int disk) {
        return held.volume(disk).orElseThrow(() -> refuse(Kind.REFUSED, "%s has no disk %d.", held.made.vee(), disk));
    }

    static void unused(SimulatedMachine machine, Object what, Predicate<Guest> uses) {
        machine.guests.values().stream().filter(held -> uses.test(held.made)).findAny().ifPresent(held -> {
            throw refuse(Kind.BUSY, "%s is used by %s on %s.", what, held.made.vee(), machine.name);
        });
    }
}
