package org.reservoir.solvers;

import java.util.Map;
import org.reservoir.placement.search.Solver;
import org.reservoir.placement.search.Solvers;

/** What a site's configuration can name of this room; nothing native is loaded before one of them is asked. */
public final class OrTools implements Solvers.Provider {
    /** One, so that a budget in iterations gives one solution, and a site server keeps a processor for its users. */
    private static final int THREADS = 1;

    @Override
    public Map<String, Solver> solvers() {
        return Map.of("cp-sat", new CpSatSolver(THREADS), "cbc", MipSolver.cbc(), "scip", MipSolver.scip());
    }
}
