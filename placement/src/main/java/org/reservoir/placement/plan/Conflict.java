package org.reservoir.placement.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.reservoir.placement.Constraint;
import org.reservoir.placement.Decision;
import org.reservoir.placement.Demand;
import org.reservoir.placement.Placer;
import org.reservoir.placement.Policy;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.State;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.LocalSearch;
import org.reservoir.placement.search.Problem;

/**
 * Why a set of VEEs that shall all have places has none, beside those that are there: a part of its members, of the constraints that bind them and of their own requirements that cannot be
 * kept together, of which none can be left out (QuickXplain: Junker, AAAI 2004). And what was tried and would help the whole set, the least first.
 *
 * @param members      ids of demands
 * @param requirements of these demands
 * @param help         single changes, each of which is enough
 */
public record Conflict(Set<Long> members, Set<Constraint> constraints, Set<Long> requirements, List<Help> help) {
    private static final int MOST_MOVES = 4;
    /** Of so few, all ways to place them are tried as far as the effort goes; more are placed as they come. */
    private static final int FEW = 24;
    private static final int EFFORT = 100_000;

    public Conflict {
        members = Set.copyOf(members);
        constraints = Set.copyOf(constraints);
        requirements = Set.copyOf(requirements);
        help = List.copyOf(help);
    }

    /** A change after which the whole set has places. */
    public sealed interface Help {
        /** Others move, and then all have places. @param moves where each goes that is there now */
        record Moving(List<VeeView> moves) implements Help {
            public Moving {
                moves = List.copyOf(moves);
            }
        }

        record Without(Constraint constraint) implements Help {}

        record WithoutRequirements(long vee) implements Help {}

        /** Only so many of its members. */
        record Fewer(int members) implements Help {}
    }

    private sealed interface Part {
        record Member(Demand demand) implements Part {}

        record Requirements(long vee) implements Part {}

        record Rule(Constraint constraint) implements Part {}
    }

    /** @return empty when there are places for all of them */
    public static Optional<Conflict> of(Snapshot snapshot, List<Demand> set) {
        var search = new Search(snapshot, set);
        return search.fits(search.everything()) ? Optional.empty() : Optional.of(search.conflict());
    }

    private static final class Search {
        private final Snapshot snapshot;
        private final List<Demand> set;
        private final List<Constraint> binding;

        Search(Snapshot snapshot, List<Demand> set) {
            this.snapshot = snapshot;
            this.set = List.copyOf(set);
            this.binding = snapshot.constraints().stream().filter(constraint -> set.stream().anyMatch(constraint::binds)).toList();
        }

        /** In the order in which people would rather keep them: members, then what they asked for, then what is said of groups. */
        List<Part> everything() {
            return Stream.<Part>concat(Stream.concat(set.stream().map(Part.Member::new), set.stream().filter(it -> it.requirements().isPresent()).map(it -> new Part.Requirements(it.id()))),
                    binding.stream().map(Part.Rule::new)).toList();
        }

        Conflict conflict() {
            var parts = least(List.of(), List.of(), everything());
            return new Conflict(of(parts, Part.Member.class).map(it -> it.demand().id()).collect(Collectors.toSet()), of(parts, Part.Rule.class).map(Part.Rule::constraint).collect(Collectors.toSet()),
                    of(parts, Part.Requirements.class).map(Part.Requirements::vee).collect(Collectors.toSet()), help(parts));
        }

        private static <P extends Part> Stream<P> of(Collection<Part> parts, Class<P> kind) {
            return parts.stream().filter(kind::isInstance).map(kind::cast);
        }

        /** @param kept what holds anyway; @param added the last of it @return of {@code parts} what cannot be kept beside that, as little as can be */
        private List<Part> least(List<Part> kept, List<Part> added, List<Part> parts) {
            if (!added.isEmpty() && !fits(kept)) {
                return List.of();
            }
            if (parts.size() == 1) {
                return parts;
            }
            var first = parts.subList(0, parts.size() / 2);
            var second = parts.subList(parts.size() / 2, parts.size());
            var ofSecond = least(both(kept, first), first, second);
            return both(ofSecond, least(both(kept, ofSecond), ofSecond, first));
        }

        private static List<Part> both(List<Part> some, List<Part> others) {
            return Stream.concat(some.stream(), others.stream()).toList();
        }

        // ---- is there a place?

        boolean fits(List<Part> parts) {
            var requiring = of(parts, Part.Requirements.class).map(Part.Requirements::vee).collect(Collectors.toSet());
            var members = of(parts, Part.Member.class).map(Part.Member::demand)
                    .map(it -> requiring.contains(it.id()) ? it : new Demand(it.id(), it.amounts(), Optional.empty(), it.rank(), it.groups())).sorted(Comparator.comparingDouble(this::bulk).reversed()).toList();
            var rules = of(parts, Part.Rule.class).map(Part.Rule::constraint).collect(Collectors.toCollection(HashSet::new));
            snapshot.constraints().stream().filter(constraint -> !binding.contains(constraint)).forEach(rules::add);
            var under = snapshot.with(snapshot.vees(), List.copyOf(rules));
            return Placer.open(under).place(members, Policy.PACKING).stream().allMatch(Decision.Placed.class::isInstance) || members.size() <= FEW && thorough(under, members);
        }

        /** The largest share of a mean host that it takes, of any resource. */
        private double bulk(Demand demand) {
            double most = 0;
            for (int r = 0; r < snapshot.resources().size(); r++) {
                int resource = r;
                double mean = snapshot.hosts().stream().mapToLong(host -> host.capacity().at(resource)).average().orElse(1);
                most = Math.max(most, demand.amounts().at(r) / Math.max(1, mean));
            }
            return most;
        }

        private static boolean thorough(Snapshot under, List<Demand> members) {
            var state = new State(under);
            return fit(state, members.stream().mapToInt(state::add).toArray(), 0, new int[] {EFFORT});
        }

        private static boolean fit(State state, int[] vees, int next, int[] effort) {
            if (next == vees.length) {
                return true;
            }
            for (int host = 0; host < state.hosts() && effort[0] > 0; host++) {
                effort[0]--;
                if (state.allows(vees[next], host)) {
                    state.place(vees[next], host);
                    boolean found = fit(state, vees, next + 1, effort);
                    state.remove(vees[next]);
                    if (found) {
                        return true;
                    }
                }
            }
            return false;
        }

        // ---- what would help?

        /** Whatever helps lifts one part of the conflict; where there are several conflicts, lifting it need not be enough. */
        private List<Help> help(List<Part> conflict) {
            var help = new ArrayList<Help>();
            moving().ifPresent(help::add);
            for (var part : conflict) {
                if (!(part instanceof Part.Member) && fits(everything().stream().filter(other -> !other.equals(part)).toList())) {
                    help.add(part instanceof Part.Rule(var constraint) ? new Help.Without(constraint) : new Help.WithoutRequirements(((Part.Requirements) part).vee()));
                }
            }
            fewer().ifPresent(most -> help.add(new Help.Fewer(most)));
            return help;
        }

        private Optional<Help> moving() {
            var solution = new LocalSearch().solve(Problem.of(snapshot, set, Objective.FEW_MOVES).movingAtMost(MOST_MOVES), Budget.ofIterations(1, 0));
            Map<Long, Long> before = snapshot.vees().stream().collect(Collectors.toMap(vee -> vee.demand().id(), VeeView::host));
            var moves = solution.places().stream().filter(vee -> before.containsKey(vee.demand().id()) && before.get(vee.demand().id()) != vee.host()).toList();
            return solution.unplaced().isEmpty() && !moves.isEmpty() ? Optional.of(new Help.Moving(moves)) : Optional.empty();
        }

        /** The smallest first. */
        private OptionalInt fewer() {
            var small = set.stream().sorted(Comparator.comparingDouble(this::bulk)).toList();
            int fits = 0;
            for (int low = 1, high = small.size() - 1; low <= high;) {
                int middle = (low + high) >>> 1;
                var some = Set.copyOf(small.subList(0, middle));
                if (fits(everything().stream().filter(part -> !(part instanceof Part.Member(var demand)) || some.contains(demand)).toList())) {
                    fits = middle;
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return fits > 0 ? OptionalInt.of(fits) : OptionalInt.empty();
        }
    }
}
