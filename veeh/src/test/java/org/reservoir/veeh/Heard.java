package org.reservoir.veeh;

import java.util.Collection;

import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostListener;
import org.reservoir.kernel.VeeId;

/** Writes down what is heard of a host, a line each. @param lines safe for threads where the host tells from its own */
public record Heard(Collection<String> lines) implements HostListener {
    @Override
    public void guestChanged(VeeId vee, GuestState state, String why) {
        lines.add(vee + " " + state);
    }

    @Override
    public void guestGone(VeeId vee) {
        lines.add(vee + " gone");
    }

    @Override
    public void guestSaid(VeeId vee, String line) {
        lines.add(vee + " says " + line);
    }

    @Override
    public void guestUnheard(VeeId vee, long count) {
        lines.add(vee + " unheard " + count);
    }

    @Override
    public void connectionLost(String why) {
        lines.add("lost");
    }

    @Override
    public void connectionRegained() {
        lines.add("regained");
    }

    @Override
    public void missedEvents() {
        lines.add("missed");
    }
}
