package org.reservoir.veeh.simulated;

import java.util.Optional;

import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.kernel.VeeId;

/** Moves a guest between two machines in steps that may each be the last before a crash; begun again, it goes on from what it finds. */
record SimulatedMove(SimulatedMachine from, SimulatedMachine to, Order order, Guest guest) {

    void go(Course course) {
        if (to.cutOff || to.hang.getCount() > 0) {
            throw new HostFailure(HostFailure.Kind.UNREACHABLE, "%s cannot be reached from %s.".formatted(to.name, from.name));
        }
        var vee = order.vee();
        Checks.generation(from, order);
        Checks.generation(to, order);
        var here = from.guests.get(vee);
        if (here == null && !to.guests.containsKey(vee)) {
            throw new HostFailure(HostFailure.Kind.NO_SUCH_GUEST, "%s is neither on %s nor on %s.".formatted(vee, from.name, to.name));
        }
        if (here != null && !to.guests.containsKey(vee)) {
            checkDestination(here);
            to.incoming.put(vee, here.moved(order.generation(), to.now()));
            course.step();
            arrive(course, vee, here);
            course.step();
        }
        to.guests.get(vee).generation = order.generation();
        if (here != null) {
            from.bury(vee, order.generation());
            course.tell(listener -> listener.guestGone(vee));
        }
    }

    private void arrive(Course course, VeeId vee, SimulatedGuest here) {
        for (var volume : here.volumes) {
            if (!volume.backing().isEmpty() && !to.images.containsKey(volume.backing())) {
                to.cache(from.images.get(volume.backing()), Optional.ofNullable(from.contents.get(volume.backing())));
            }
        }
        var there = here.moved(order.generation(), to.now());
        to.incoming.remove(vee);
        to.guests.put(vee, there);
        if (here.alive()) {
            here.become(GuestState.SHUT_OFF, from.now());
        }
        to.ears.tell(listener -> listener.guestChanged(vee, there.state, "arrived from " + from.name));
    }

    private void checkDestination(SimulatedGuest here) {
        Checks.surroundings(to, guest);
        if (here.alive()) {
            Checks.memory(to, here.made);
        }
    }
}
