package org.reservoir.veem.review;

import java.util.stream.Stream;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.Solver;
import org.reservoir.placement.search.Solvers;
import org.reservoir.veem.placing.Plugged;

/** Who searches for better placements: the solver that the site's configuration names, and beside it those that plug-ins provide. */
public final class Search implements Reviewer.Solvers {
    private static final long DEADLINE_NS = 5_000_000_000L;
    private static final long SEED = 1;
    private static final int FEWEST = 200;
    private static final int MOST = 20_000;
    private static final int PER_VEE = 4;

    private final Plugged plugged;
    private final Solver chosen;
    private final boolean ours;

    /** @throws org.reservoir.kernel.Refused {@code UNKNOWN_SOLVER} */
    public Search(Plugged plugged, String solver) {
        this.plugged = plugged;
        chosen = Solvers.named(solver);
        ours = solver.equals(Solvers.LNS);
    }

    @Override
    public Solver solver() {
        var others = plugged.solvers();
        return others.isEmpty() ? chosen : Solvers.beside(ours ? others : Stream.concat(others.stream(), Stream.of(chosen)).toList());
    }

    /** The same site gives the same plan, unless it is so large that time is up first. */
    @Override
    public Budget budget(int vees) {
        return Budget.ofIterations(SEED, Math.clamp((long) vees * PER_VEE, FEWEST, MOST)).guarded(System::nanoTime, System.nanoTime() + DEADLINE_NS);
    }
}
