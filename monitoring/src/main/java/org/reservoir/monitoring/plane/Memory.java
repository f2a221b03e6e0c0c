package org.reservoir.monitoring.plane;

import java.util.List;
import java.util.Optional;

import org.reservoir.monitoring.probe.Budgets;
import org.reservoir.monitoring.probe.ProbeSettings;

/**
 * Port: what a station must know again after a restart: the probes that people added, and what people asked of those that the
 * station's own process adds. Keyed by the probe's name. May wait for a disk; called while the order that it is about waits.
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

    /** @param lasting whether it is to be added again by {@link #lasting()}; else only its settings are kept */
    record Kept(Wanted wanted, boolean lasting) {}
}
