package org.reservoir.veeh.simulated;

import java.util.Optional;

import org.reservoir.interfaces.vhi.Order;

/** One call to a simulated host, as paces and faults see it. @param order empty for calls that are no order */
public record Call(String machine, Verb verb, Optional<Order> order) {
    @Override
    public String toString() {
        return order.map(given -> "%s %s of %s".formatted(verb, given.vee(), machine)).orElseGet(() -> verb + " of " + machine);
    }
}
