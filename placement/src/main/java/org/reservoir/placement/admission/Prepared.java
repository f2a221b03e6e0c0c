package org.reservoir.placement.admission;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import org.reservoir.placement.Snapshot;
import org.reservoir.placement.State;
import org.reservoir.placement.VeeView;

/**
 * A placement with as many hosts empty as were down in a trial that ended well: what was found for them then is where everybody is here. Whoever is on a host that is lost finds place on one of those that are empty,
 * for the most part at first sight; so what took a search once is not searched for again with each other set of hosts. It is a placement like any other, so what is found from it is a proof as well.
 */
final class Prepared {
    private final State state;
    /** By number of a VEE in the state from which this was made: its number here. */
    private final int[] numbers;
    private final FirstFits firstFits;
    private final int empty;
    private int[] lastWanted = {};
    private int[] lastMissing = {};

    private Prepared(State state, int[] numbers, FirstFits firstFits, int empty) {
        this.state = state;
        this.numbers = numbers;
        this.firstFits = firstFits;
        this.empty = empty;
    }

    /** @param found for these hosts that are down @param all who may be wanted @return nothing when somebody would have moved who may not while their host is there */
    static Optional<Prepared> of(State from, Snapshot snapshot, Rehousing.Outcome found, int empty, int[] all) {
        Map<Long, Long> moved = new HashMap<>();
        for (int i = 0; i < found.vees().length; i++) {
            if (from.hostOf(found.vees()[i]) != State.NOWHERE && from.rooted(found.vees()[i])) {
                return Optional.empty();
            }
            moved.put(from.demand(found.vees()[i]).id(), from.host(found.hosts()[i]).id());
        }
        var vees = new ArrayList<VeeView>();
        snapshot.vees().forEach(vee -> vees.add(new VeeView(vee.demand(), moved.getOrDefault(vee.demand().id(), vee.host()))));
        Arrays.stream(all).mapToObj(from::demand).filter(it -> moved.containsKey(it.id())).forEach(it -> vees.add(new VeeView(it, moved.get(it.id()))));
        var after = snapshot.with(vees, snapshot.constraints());
        var state = new State(after);
        var wanted = Arrays.stream(all).filter(vee -> !moved.containsKey(from.demand(vee).id())).map(vee -> state.add(from.demand(vee))).toArray();
        var numbers = IntStream.range(0, from.vees()).map(vee -> state.veeIndex(from.demand(vee).id())).toArray();
        return Optional.of(new Prepared(state, numbers, new FirstFits(new Needs(state, after, wanted)), empty));
    }

    int empty() {
        return empty;
    }

    /** As {@link FirstFit#houses}. @param wanted numbers in the state from which this was made */
    boolean houses(int[] down, int[] wanted) {
        if (wanted != lastWanted) {
            lastWanted = wanted;
            lastMissing = Arrays.stream(wanted).map(vee -> numbers[vee]).filter(vee -> state.hostOf(vee) == State.NOWHERE).toArray();
        }
        return firstFits.houses(down, lastMissing);
    }
}
