package org.reservoir.placement.admission;

import java.util.Arrays;
import java.util.Optional;

import org.reservoir.placement.Snapshot;

/**
 * Proves in microseconds that there is room, without a search: by first fit on the hosts as they are, then with VEEs that have changed places ({@link Swaps}), then as was found for other hosts in a search
 * ({@link Prepared}). What proved it last is asked first. That nothing is proved says nothing.
 */
final class Proofs {
    private final Needs needs;
    private final Snapshot snapshot;
    private final int[] all;
    private final FirstFits plain;
    private Optional<Prepared> swapped = Optional.empty();
    private boolean swapsTried;
    private Optional<Prepared> found = Optional.empty();
    private boolean swappedFirst;
    /** VEEs that changed places. */
    private int moved;
    private boolean neededSwaps;

    /** @param all VEEs without a place, of which some may be wanted */
    Proofs(Needs needs, Snapshot snapshot, int[] all) {
        this.needs = needs;
        this.snapshot = snapshot;
        this.all = all;
        plain = new FirstFits(needs);
    }

    boolean houses(int[] down, int[] wanted) {
        if (swappedFirst && swapped(down, wanted)) {
            return true;
        }
        boolean room = plain.houses(down, wanted);
        boolean swaps = !room && !swappedFirst && swapped(down, wanted);
        neededSwaps |= swaps;
        swappedFirst = swaps || swappedFirst && !room;
        return room || swaps || found.filter(it -> it.houses(down, wanted)).isPresent();
    }

    private boolean swapped(int[] down, int[] wanted) {
        if (!swapsTried) {
            swapsTried = true;
            var outcome = Swaps.of(needs, all);
            moved = (int) Arrays.stream(outcome.vees()).distinct().count();
            swapped = moved == 0 ? Optional.empty() : Prepared.of(needs.state, snapshot, outcome, 0, all);
        }
        return swapped.filter(it -> it.houses(down, wanted)).isPresent();
    }

    /** So many VEEs changed places where there was no room otherwise; 0 when there always was. */
    int moved() {
        return neededSwaps ? moved : 0;
    }

    /** Takes note of what a search found for so many hosts down. */
    void note(Rehousing.Outcome outcome, int down) {
        if (outcome.whole() && outcome.vees().length > 0 && down > found.map(Prepared::empty).orElse(0)) {
            found = Prepared.of(needs.state, snapshot, outcome, down, all).or(() -> found);
        }
    }
}
