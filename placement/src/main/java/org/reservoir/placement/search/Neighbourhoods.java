package org.reservoir.placement.search;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.reservoir.placement.Demand;
import org.reservoir.placement.VeeView;

/**
 * Betters a known solution by handing small parts of it to an exact solver: a few hosts and the VEEs on them, all others held fast. A part that is solved to its end without gain
 * is followed by a larger one, one that is not by a smaller. Deterministic where the exact solver is.
 */
public final class Neighbourhoods implements Solver {
    private static final int FEWEST_HOSTS = 2;
    private static final int MOST_HOSTS = 8;
    private static final int MOST_VEES = 80;
    /** More pairs than this take longer to write down than to solve a part. */
    private static final long MOST_PAIRS = 4_000_000;
    /** So many parts in a row without gain end it. */
    private static final int PATIENCE = 60;
    private static final long PART_NS = 1_000_000_000L;
    /** Of the exact solver, in blocks, for each part. */
    private static final long PART_BLOCKS = 10_000;
    /** So many blocks of a budget in iterations are one part. */
    private static final long BLOCKS_OF_A_PART = 200;
    private final Solver exact;

    public Neighbourhoods(Solver exact) {
        this.exact = exact;
    }

    @Override
    public String name() {
        return "neighbourhoods by " + exact.name();
    }

    @Override
    public Optional<String> declines(Problem problem) {
        long vees = (long) problem.snapshot().vees().size() + problem.waiting().size();
        if (vees * problem.snapshot().hosts().size() > MOST_PAIRS) {
            return Optional.of("%d VEEs on %d hosts are too many to be written down in part after part".formatted(vees, problem.snapshot().hosts().size()));
        }
        return exact.declines(problem.within(new Problem.Scope(Set.of(), Set.of())));
    }

    @Override
    public Solution solve(Problem problem, Budget budget, Consumer<Solution> better) {
        var dice = new SplittableRandom(budget.seed());
        var best = problem.known().orElseGet(() -> Solution.of(problem, name(), problem.snapshot().vees(), Long.MIN_VALUE, false));
        long parts = budget.timed() ? Long.MAX_VALUE : budget.iterations() / BLOCKS_OF_A_PART;
        int hosts = FEWEST_HOSTS + 1;
        int vain = 0;
        for (long part = 0; part < parts && vain < PATIENCE && !budget.expired(); part++) {
            var scope = scope(problem, best, hosts, dice);
            var found = exact.solve(problem.within(scope).knowing(best), part(budget, dice));
            if (found.cost() < best.cost()) {
                best = found.bounded(Long.MIN_VALUE);
                better.accept(best);
                vain = 0;
            } else {
                vain++;
                hosts = Math.clamp(hosts + (found.optimal() ? 1 : -1), FEWEST_HOSTS, MOST_HOSTS);
            }
        }
        return best;
    }

    private static Budget part(Budget budget, SplittableRandom dice) {
        long seed = dice.nextInt(Integer.MAX_VALUE);
        return budget.timed() ? budget.seeded(seed).guarded(budget.ticker(), Math.min(budget.deadline(), budget.ticker().getAsLong() + PART_NS)) : Budget.ofIterations(seed, PART_BLOCKS);
    }

    /** Hosts in use, drawn at random, with the VEEs that may move, and some of those that wait. */
    private static Problem.Scope scope(Problem problem, Solution best, int count, SplittableRandom dice) {
        Map<Long, List<VeeView>> byHost = best.places().stream().filter(vee -> mayMove(problem, vee)).collect(Collectors.groupingBy(VeeView::host));
        var drawn = new ArrayList<>(byHost.keySet().stream().sorted().toList());
        var hosts = new HashSet<Long>();
        var vees = new HashSet<Long>();
        while (!drawn.isEmpty() && hosts.size() < count && vees.size() < MOST_VEES) {
            long host = drawn.remove(dice.nextInt(drawn.size()));
            hosts.add(host);
            byHost.get(host).forEach(vee -> vees.add(vee.demand().id()));
        }
        best.unplaced().stream().map(Demand::id).limit(MOST_VEES / 4).forEach(vees::add);
        return new Problem.Scope(vees, hosts);
    }

    private static boolean mayMove(Problem problem, VeeView vee) {
        return problem.scope().isEmpty() || problem.scope().get().vees().contains(vee.demand().id()) && problem.scope().get().hosts().contains(vee.host());
    }
}
