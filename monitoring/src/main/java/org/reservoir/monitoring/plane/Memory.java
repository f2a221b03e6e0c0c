package org.reservoir.monitoring.plane;

import java.util.List;
import java.util.Optional;

import org.reservoir.monitoring.probe.Budgets;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.ProbeSettings;

/**
 * Port: what a station must know again after a restart: the probes that people added, what people asked of those that the station's own
 * process adds, the budget, and who was subscribed. Probes are keyed by their names. May wait for a disk; called while the order that it
 * is about waits, and refuses ({@link org.reservoir.kernel.Refused}) what it cannot keep.
 */
public interface Memory {
    Memory NONE = new Memory() {
        @Override
        public List<Wanted> lasting() {
            return List.of();
        }

        @Override
        public Optional<ProbeSettings> settings(String name) {
            return Optional.empty();
        }

        @Override
        public void keep(List<Kept> probes) {
            // nothing outlives this process
        }

        @Override
        public void forget(List<String> names) {
            // nothing was kept
        }

        @Override
        public Budgets budgets() {
            return Budgets.NONE;
        }

        @Override
        public void keep(Budgets within) {
            // nothing outlives this process
        }
    };

    /** The probes to be added again at the start. */
    List<Wanted> lasting();

    /** What people asked last of the probe of that name, however it comes to be. */
    Optional<ProbeSettings> settings(String name);

    /** All of one order at once. */
    void keep(List<Kept> probes);

    /** The probes were removed. */
    void forget(List<String> names);

    /** Within which people want it to stay. */
    Budgets budgets();

    void keep(Budgets within);

    /** The subscriptions that were ordered; none where nobody can order any. */
    default List<Subscription> subscriptions() {
        return List.of();
    }

    default void keep(Subscription subscription) {
        // a station that sends nowhere but to its own process is never ordered to
    }

    default void forget(int subscription) {
        // as above
    }

    /** @param number by which it was told to who ordered it; it stays the same @param to as {@link Outlets} knows the place */
    record Subscription(int number, Interest interest, String to) {}

    /** @param lasting whether it is to be added again by {@link #lasting()}; else only its settings are kept */
    record Kept(Wanted wanted, boolean lasting) {}
}
