package org.reservoir.solvers;

import com.google.ortools.sat.CpModel;
import com.google.ortools.sat.CpSolver;
import com.google.ortools.sat.CpSolverSolutionCallback;
import com.google.ortools.sat.CpSolverStatus;
import com.google.ortools.sat.IntVar;
import com.google.ortools.sat.LinearExpr;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.Problem;
import org.reservoir.placement.search.Solution;
import org.reservoir.placement.search.Solver;

/**
 * Constraint programming with clause learning (OR-Tools CP-SAT): proves optima. With a budget in iterations it runs in one thread and deterministic time,
 * one unit for each ten thousand iterations; by the clock it uses as many threads as it is given.
 */
public final class CpSatSolver implements Solver {
    private static final double UNITS_PER_ITERATION = 0.0001;
    private final int threads;

    public CpSatSolver(int threads) {
        this.threads = threads;
    }

    @Override
    public String name() {
        return "CP-SAT";
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
        var model = new CpModel();
        var columns = new IntVar[program.bounds.size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = program.bounds.get(i) == 1 ? model.newBoolVar("") : model.newIntVar(0, program.bounds.get(i), "");
        }
        for (var row : program.rows) {
            var sum = LinearExpr.weightedSum(Arrays.stream(row.columns()).mapToObj(i -> columns[i]).toArray(IntVar[]::new), row.factors());
            model.addLinearConstraint(sum, row.least(), row.most());
        }
        model.minimize(LinearExpr.weightedSum(columns, program.costs.stream().mapToLong(c -> c).toArray()));
        problem.known().ifPresent(known -> linear.hint(known.places()).forEach((column, value) -> model.addHint(columns[column], value ? 1 : 0)));
        return solve(problem, budget, better, linear, model, columns);
    }

    private Solution solve(Problem problem, Budget budget, Consumer<Solution> better, LinearModel linear, CpModel model, IntVar[] columns) {
        var solver = new CpSolver();
        boolean timed = budget.timed();
        solver.getParameters().setNumWorkers(timed ? threads : 1).setRandomSeed((int) budget.seed() & 0x7fffffff).setMaxTimeInSeconds(Math.max(0.01, budget.left() / 1e9));
        if (!timed) {
            solver.getParameters().setMaxDeterministicTime(Math.max(0.1, budget.iterations() * UNITS_PER_ITERATION));
        }
        var status = solver.solve(model, new CpSolverSolutionCallback() {
            @Override
            public void onSolutionCallback() {
                better.accept(Solution.of(problem, name(), linear.places(column -> value(columns[column]) == 1), Long.MIN_VALUE, false));
            }
        });
        boolean found = status == CpSolverStatus.OPTIMAL || status == CpSolverStatus.FEASIBLE;
        var places = found ? linear.places(column -> solver.value(columns[column]) == 1) : problem.snapshot().vees();
        long bound = found ? (long) Math.ceil(solver.bestObjectiveBound() - 1e-6) + linear.program.constant : Long.MIN_VALUE;
        var solution = Solution.of(problem, name(), places, bound, status != CpSolverStatus.OPTIMAL && budget.expired());
        return status == CpSolverStatus.OPTIMAL ? solution.proved() : solution;
    }
}
