package org.reservoir.placement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.reservoir.kernel.Refused;

/**
 * First placement: one demand after the other, in the order given, each onto the host of the highest rank that takes it.
 * What it has placed it counts as taken, so a placer is opened for a snapshot and used by one thread. Demands that are
 * alike share an index over the hosts; placing costs microseconds whatever the number of hosts.
 */
public final class Placer {
    private static final int MAX_SHAPES = 256;
    private final State state;
    private final Set<String> sets = new HashSet<>();
    private final Set<String> together = new HashSet<>();
    private final Map<Shape, Optional<ShapeIndex>> shapes = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Shape, Optional<ShapeIndex>> eldest) {
            return size() > MAX_SHAPES;
        }
    };

    private Placer(Snapshot snapshot) {
        state = new State(snapshot);
        for (var constraint : snapshot.constraints()) {
            if (constraint instanceof Constraint.AllOrNothing set) {
                sets.add(set.group());
            }
            if (constraint instanceof Constraint.Gather(var group, var level) && level == Level.HOST) {
                together.add(group);
            }
        }
    }

    /** What it has placed and what was there before, for whoever goes on from there; it is this placer's own, so use one of the two from then on. */
    public State state() {
        return state;
    }

    public static Placer open(Snapshot snapshot) {
        return new Placer(snapshot);
    }

    /**
     * Places each demand, or says why not. The members of an all-or-nothing set are placed one right after the other where its first stands; when one of them has
     * no room, none has, and nobody after them misses room for it.
     *
     * @throws Refused {@code DEMAND_PLACED} when a demand has a place already, {@code BAD_SNAPSHOT} when amounts do not fit
     */
    public List<Decision> place(List<Demand> demands, Policy policy) {
        return place(demands, policy, Set.of());
    }

    /** @param whole groups that are all-or-nothing sets for this once, besides those that the snapshot has */
    public List<Decision> place(List<Demand> demands, Policy policy, Set<String> whole) {
        if (sets.isEmpty() && whole.isEmpty()) {
            return demands.stream().map(demand -> place(demand, demands, policy)).toList();
        }
        var units = new SetUnits(Stream.concat(sets.stream(), whole.stream()).collect(Collectors.toSet()));
        var decisions = new HashMap<Demand, Decision>();
        for (var unit : units.of(demands)) {
            if (unit.sets().isEmpty()) {
                var demand = unit.members().getFirst();
                decisions.put(demand, place(demand, demands, policy));
            } else {
                placeWhole(unit, demands, policy).forEach(decision -> decisions.put(decision.demand(), decision));
            }
        }
        return demands.stream().map(decisions::get).toList();
    }

    public Decision place(Demand demand, Policy policy) {
        return place(demand, demand, policy);
    }

    /** @param batch those that are placed one by one beside it: the first of a group that shares a host looks for room for all of them */
    public Decision place(Demand demand, List<Demand> batch, Policy policy) {
        return place(demand, wholeNeed(demand, batch), policy);
    }

    private Decision place(Demand demand, Demand search, Policy policy) {
        return placed(demand, search, policy).orElseGet(() -> refusal(demand));
    }

    private Optional<Decision> placed(Demand demand, Demand search, Policy policy) {
        requireNew(demand);
        var rules = state.rules.of(state.groups.of(demand));
        int host = best(Shape.of(search, policy.rank()), rules);
        if (host == State.NOWHERE && search != demand) {
            host = best(Shape.of(demand, policy.rank()), rules);
        }
        if (host == State.NOWHERE) {
            return Optional.empty();
        }
        int known = state.veeIndex(demand.id());
        state.place(known == State.NOWHERE || !state.demand(known).equals(demand) ? state.add(demand) : known, host);
        return Optional.of(new Decision.Placed(demand, state.hosts.get(host).id()));
    }

    /** In the order given, and if that does not do and they are of several sizes, the biggest first. */
    private List<Decision> placeWhole(SetUnits.Unit unit, List<Demand> batch, Policy policy) {
        var tried = tried(unit.members(), batch, policy);
        if (tried.refusal().isPresent() && !unit.alike()) {
            var again = tried(unit.biggestFirst(), batch, policy);
            tried = again.refusal().isEmpty() || again.fit() > tried.fit() ? again : tried;
        }
        var cause = tried.refusal();
        int fit = tried.fit();
        return cause.isEmpty() ? tried.places() : unit.members().stream().<Decision>map(member -> new Decision.Incomplete(member, unit.name(), fit, unit.members().size(), cause.get())).toList();
    }

    /** @param fit how many of them have room beside each other @param refusal of the first that has none; then no place is taken */
    private record Tried(List<Decision> places, int fit, Optional<Decision.NoRoom> refusal) {}

    private Tried tried(List<Demand> members, List<Demand> batch, Policy policy) {
        var places = new ArrayList<Decision>();
        var refusal = Optional.<Decision.NoRoom>empty();
        for (var member : members) {
            var place = placed(member, wholeNeed(member, batch), policy);
            place.ifPresent(places::add);
            refusal = place.isPresent() || refusal.isPresent() ? refusal : Optional.of(refusal(member));
        }
        if (refusal.isPresent()) {
            places.forEach(place -> release(place.demand().id()));
        }
        return new Tried(places, places.size(), refusal);
    }

    private void requireNew(Demand demand) {
        int vee = state.veeIndex(demand.id());
        if (vee != State.NOWHERE && state.hostOf(vee) != State.NOWHERE) {
            throw Refused.conflict("DEMAND_PLACED", "VEE %d has a place already.".formatted(demand.id()), "");
        }
        if (demand.amounts().size() != state.resources.size()) {
            throw Refused.invalid("BAD_SNAPSHOT", "VEE %d asks for %d resources of %d.".formatted(demand.id(), demand.amounts().size(), state.resources.size()), "");
        }
    }

    /** The first of a group that must share a host looks for one with room for all of them. */
    private Demand wholeNeed(Demand demand, List<Demand> batch) {
        var gathered = together.isEmpty() ? Optional.<String>empty()
                : demand.groups().stream().filter(together::contains).filter(g -> state.rules.placed(state.groups.named(g)) == 0).findFirst();
        if (gathered.isEmpty()) {
            return demand;
        }
        var sum = new long[state.resources.size()];
        for (var other : batch) {
            for (int r = 0; r < sum.length && other.groups().contains(gathered.get()); r++) {
                sum[r] += other.amounts().at(r);
            }
        }
        return new Demand(demand.id(), Amounts.of(sum), demand.requirements(), demand.rank(), demand.groups());
    }

    /** The first demand of a shape is answered by a look at every host; from the second on there is an index. */
    private int best(Shape shape, Rule[] rules) {
        var known = shapes.get(shape);
        if (known == null) {
            shapes.put(shape, Optional.empty());
            return scan(shape, rules);
        }
        if (known.isEmpty()) {
            known = Optional.of(new ShapeIndex(state, shape.scores(state)));
            shapes.put(shape, known);
        }
        return known.get().best(rules);
    }

    private int scan(Shape shape, Rule[] rules) {
        var scores = shape.scores(state);
        int best = State.NOWHERE;
        double highest = Shape.NOT_HERE;
        for (int host = 0; host < state.hosts.size(); host++) {
            double score = scores.applyAsDouble(host);
            if (score > highest && !Rule.anyExcludes(rules, host, host)) {
                highest = score;
                best = host;
            }
        }
        return best;
    }

    /** Frees the place of a VEE. */
    public void release(long vee) {
        int index = state.veeIndex(vee);
        if (index == State.NOWHERE || state.hostOf(index) == State.NOWHERE) {
            throw Refused.notFound("VEE_NOT_PLACED", "VEE %d has no place.".formatted(vee), "");
        }
        state.remove(index);
    }

    /**
     * Takes note of where a VEE is now, whoever brought it there; so a placer can be kept while the world changes. Nothing is asked.
     *
     * @throws Refused {@code BAD_SNAPSHOT} when its host is not in the snapshot
     */
    public void note(VeeView vee) {
        int host = state.hostIndex(vee.host());
        if (host == State.NOWHERE) {
            throw Refused.invalid("BAD_SNAPSHOT", "VEE %d is on host %d, which is not there.".formatted(vee.demand().id(), vee.host()), "");
        }
        int known = state.veeIndex(vee.demand().id());
        if (known != State.NOWHERE && state.hostOf(known) != State.NOWHERE) {
            state.remove(known);
        }
        var same = known != State.NOWHERE && state.demand(known).amounts().equals(vee.demand().amounts()) && state.demand(known).groups().equals(vee.demand().groups());
        state.place(same ? known : state.add(vee.demand()), host);
    }

    /** Takes note that a VEE has no place any more; one that had none is fine. */
    public void forget(long vee) {
        int known = state.veeIndex(vee);
        if (known != State.NOWHERE && state.hostOf(known) != State.NOWHERE) {
            state.remove(known);
        }
    }

    /** What every host that would not take the demand now has against it, the nearest first. */
    public List<Objection> objections(Demand demand) {
        return new Objections(state).of(demand).stream().flatMap(Collection::stream).sorted(Comparator.comparingDouble(Objection::effort)).toList();
    }

    private Decision.NoRoom refusal(Demand demand) {
        var all = new Objections(state).of(demand).stream().filter(list -> !list.isEmpty())
                .sorted(Comparator.comparingDouble(Objections::effort)).toList();
        var first = all.stream().map(List::getFirst).collect(Collectors.toMap(Objection::host, Objection::constraint));
        return new Decision.NoRoom(demand, first, all.stream().limit(Decision.NoRoom.CLOSEST).flatMap(List::stream).toList());
    }
}
