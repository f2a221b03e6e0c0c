package org.reservoir.servicemanager;

import java.util.Optional;

import org.reservoir.kernel.Capacity;

/** What capacity costs by the hour; the site wires it to the price book in force. */
@FunctionalInterface
public interface HourlyPrice {
    HourlyPrice UNKNOWN = (capacity, vees) -> Optional.empty();

    /** As people read it, such as {@code 0.12 EUR}; empty when there is no price. */
    Optional<String> of(Capacity capacity, int vees);
}
