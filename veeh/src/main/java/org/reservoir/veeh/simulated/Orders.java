package org.reservoir.veeh.simulated;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.Nic;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.kernel.VeeId;

/**
 * How one connection's orders are carried out on a machine: each on a {@link Course}, which paces it and lets faults in, none that is older
 * than the newest, and the steps that several orders share.
 */
final class Orders {
    private final SimulatedMachine machine;
    private volatile boolean closed;

    Orders(SimulatedMachine machine) {
        this.machine = machine;
    }

    void close() {
        closed = true;
    }

    <T> T call(Verb verb, Function<Course, T> work) {
        return Course.run(reachable(), verb, Optional.empty(), work);
    }

    void carryOut(Verb verb, Order order, Consumer<Course> work) {
        Course.<Void>run(reachable(), verb, Optional.of(order), course -> {
            Checks.generation(machine, order);
            remember(order);
            work.accept(course);
            return null;
        });
    }

    private void remember(Order order) {
        var held = machine.guests.get(order.vee());
        if (held != null) {
            held.generation = order.generation();
        }
    }

    void onGuest(Verb verb, Order order, BiConsumer<Course, SimulatedGuest> work) {
        carryOut(verb, order, course -> work.accept(course, Checks.find(machine, order.vee())));
    }

    void onRunning(Verb verb, Order order, BiConsumer<Course, SimulatedGuest> work) {
        onGuest(verb, order, (course, held) -> {
            Checks.alive(held, verb.name().toLowerCase(Locale.ROOT));
            work.accept(course, held);
        });
    }

    /** Makes the guest known first, so that whatever breaks afterwards shows in the census. */
    void makeReady(Course course, Order order, Guest guest) {
        Checks.surroundings(machine, guest);
        guest.disks().forEach(disk -> disk.image().ifPresent(image -> Checks.image(machine, image)));
        var held = held(order, guest);
        for (var disk : guest.disks()) {
            course.step();
            if (held.volume(disk.number()).isEmpty()) {
                held.put(machine.fresh(disk));
            }
        }
    }

    SimulatedGuest held(Order order, Guest guest) {
        var held = machine.guests.computeIfAbsent(order.vee(), vee -> Optional.ofNullable(machine.remains.remove(vee))
                .orElseGet(() -> new SimulatedGuest(kept(guest), order.generation(), machine.now())));
        if (!held.alive()) {
            held.made = kept(guest);
        }
        return held;
    }

    void boot(Course course, VeeId vee, String why) {
        var held = Checks.find(machine, vee);
        if (!held.alive()) {
            Checks.memory(machine, held.made);
            become(course, held, GuestState.RUNNING, why);
        }
    }

    void become(Course course, SimulatedGuest held, GuestState state, String why) {
        course.step();
        held.become(state, machine.now());
        var vee = held.made.vee();
        course.tell(listener -> listener.guestChanged(vee, state, why));
    }

    /** What a machine remembers of a guest: a machine with many guests cannot keep every seed. */
    Guest kept(Guest guest) {
        return guest.seed().isEmpty() || machine.world.keepsSeeds() ? guest
                : with(guest, guest.disks(), guest.nics(), Map.of());
    }

    static Guest withoutDisk(Guest guest, int disk) {
        return with(guest, guest.disks().stream().filter(other -> other.number() != disk).toList(), guest.nics(), guest.seed());
    }

    static Guest withoutNic(Guest guest, int nic) {
        return with(guest, guest.disks(), guest.nics().stream().filter(other -> other.number() != nic).toList(), guest.seed());
    }

    private static Guest with(Guest guest, List<Disk> disks, List<Nic> nics, Map<String, byte[]> seed) {
        return new Guest(guest.vee(), guest.name(), guest.vcpus(), guest.maxVcpus(), guest.share(), guest.memory(), guest.maxMemory(),
                guest.boot(), disks, nics, seed, guest.agent());
    }

    SimulatedMachine reachable() {
        if (closed) {
            throw Checks.refuse(Kind.UNREACHABLE, "The connection to %s was closed.", machine.name);
        }
        return machine;
    }
}
