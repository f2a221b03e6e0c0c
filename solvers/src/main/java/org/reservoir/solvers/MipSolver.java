package org.reservoir.solvers;

import com.google.ortools.linearsolver.MPSolver;
import com.google.ortools.linearsolver.MPVariable;
import java.util.Optional;
import java.util.function.Consumer;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.Problem;
import org.reservoir.placement.search.Solution;
import org.reservoir.placement.search.Solver;

/** Mixed integer programming: COIN-OR CBC or SCIP, in OR-Tools. One thread; CBC counts its time in CPU seconds. */
public final class MipSolver implements Solver {
    private final String engine;

    private MipSolver(String engine) {
        this.engine = engine;
    }

    public static MipSolver cbc() {
        return new MipSolver("CBC");
    }

    public static MipSolver scip() {
        return new MipSolver("SCIP");
    }

    @Override
    public String name() {
        return engine;
    }

    @Override
    public Optional<String> declines(Problem problem) {
        return LinearModel.unfit(problem).or(Natives::missing);
    }

    @Override
    public Solution solve(Problem problem, Budget budget, Consumer<Solution> better) {
        Natives.require();
        var linear = new LinearModel(problem);
        var program = linear.program;
        var solver = MPSolver.createSolver(engine);
        var columns = new MPVariable[program.bounds.size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = solver.makeIntVar(0, program.bounds.get(i), "");
            solver.objective().setCoefficient(columns[i], program.costs.get(i));
        }
        solver.objective().setMinimization();
        for (var row : program.rows) {
            var constraint = solver.makeConstraint(bound(row.least()), bound(row.most()));
            for (int i = 0; i < row.columns().length; i++) {
                constraint.setCoefficient(columns[row.columns()[i]], constraint.getCoefficient(columns[row.columns()[i]]) + row.factors()[i]);
            }
        }
        solver.setTimeLimit(Math.max(10, Math.min(Integer.MAX_VALUE, budget.left() / 1_000_000)));
        var status = solver.solve();
        boolean found = status == MPSolver.ResultStatus.OPTIMAL || status == MPSolver.ResultStatus.FEASIBLE;
        long bound = found ? (long) Math.ceil(solver.objective().bestBound() - 0.5) + program.constant : Long.MIN_VALUE;
        var places = found ? linear.places(column -> columns[column].solutionValue() > 0.5) : problem.snapshot().vees();
        var solution = Solution.of(problem, name(), places, bound, status != MPSolver.ResultStatus.OPTIMAL && budget.expired());
        if (found) {
            better.accept(solution);
        }
        solver.delete();
        return status == MPSolver.ResultStatus.OPTIMAL ? solution.proved() : solution;
    }

    private static double bound(long value) {
        return value == Long.MAX_VALUE ? MPSolver.infinity() : value == Long.MIN_VALUE ? -MPSolver.infinity() : value;
    }
}
