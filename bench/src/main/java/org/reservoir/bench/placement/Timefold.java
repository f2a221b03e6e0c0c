package org.reservoir.bench.placement;

import ai.timefold.solver.core.api.domain.common.PlanningId;
import ai.timefold.solver.core.api.domain.entity.PlanningEntity;
import ai.timefold.solver.core.api.domain.solution.PlanningEntityCollectionProperty;
import ai.timefold.solver.core.api.domain.solution.PlanningScore;
import ai.timefold.solver.core.api.domain.solution.PlanningSolution;
import ai.timefold.solver.core.api.domain.valuerange.ValueRangeProvider;
import ai.timefold.solver.core.api.domain.variable.PlanningVariable;
import ai.timefold.solver.core.api.score.HardSoftScore;
import ai.timefold.solver.core.api.score.calculator.IncrementalScoreCalculator;
import ai.timefold.solver.core.api.solver.SolverFactory;
import ai.timefold.solver.core.config.heuristic.selector.move.composite.UnionMoveSelectorConfig;
import ai.timefold.solver.core.config.heuristic.selector.move.generic.ChangeMoveSelectorConfig;
import ai.timefold.solver.core.config.heuristic.selector.move.generic.SwapMoveSelectorConfig;
import ai.timefold.solver.core.config.localsearch.LocalSearchPhaseConfig;
import ai.timefold.solver.core.config.localsearch.decider.acceptor.LocalSearchAcceptorConfig;
import ai.timefold.solver.core.config.localsearch.decider.forager.LocalSearchForagerConfig;
import ai.timefold.solver.core.config.score.director.ScoreDirectorFactoryConfig;
import ai.timefold.solver.core.config.solver.SolverConfig;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.reservoir.placement.roadef.Evaluation;
import org.reservoir.placement.roadef.Instance;

/**
 * The peer: Timefold's local search as its authors configured it for this problem (tabu over 7 processes, 2000 accepted moves
 * a step, change and swap moves), with a calculator that counts every move's change only.
 */
final class Timefold {
    private static final long PATIENCE_MILLIS = 20;

    private Timefold() {}

    /** @param cpuSeconds of the solver's thread; @param wallSeconds at which it ends in any case. @return the best it found, feasible if that was */
    static int[] solve(Instance instance, int[] before, double cpuSeconds, double wallSeconds) throws InterruptedException {
        var solver = SolverFactory.<Layout>create(config()).buildSolver();
        var best = new AtomicReference<Layout>();
        var thread = Thread.ofPlatform().name("timefold").start(() -> best.set(solver.solve(new Layout(instance, before))));
        var threads = ManagementFactory.getThreadMXBean();
        long start = System.nanoTime();
        while (thread.isAlive() && threads.getThreadCpuTime(thread.threadId()) / 1e9 < cpuSeconds && (System.nanoTime() - start) / 1e9 < wallSeconds) {
            thread.join(PATIENCE_MILLIS);
        }
        solver.terminateEarly();
        thread.join();
        return best.get().assignment();
    }

    private static SolverConfig config() {
        return new SolverConfig().withSolutionClass(Layout.class).withEntityClasses(Seat.class)
                .withScoreDirectorFactory(new ScoreDirectorFactoryConfig().withIncrementalScoreCalculatorClass(Calculator.class))
                .withPhases(new LocalSearchPhaseConfig()
                        .withMoveSelectorConfig(new UnionMoveSelectorConfig(List.of(new ChangeMoveSelectorConfig(), new SwapMoveSelectorConfig())))
                        .withAcceptorConfig(new LocalSearchAcceptorConfig().withEntityTabuSize(7))
                        .withForagerConfig(new LocalSearchForagerConfig().withAcceptedCountLimit(2000)));
    }

    /** A machine by its number. */
    public record Machine(int number) {}

    /** A process and where it is. */
    @PlanningEntity
    public static final class Seat {
        @PlanningId
        public int process;
        @PlanningVariable
        public Machine machine;

        public Seat() {}

        Seat(int process, Machine machine) {
            this.process = process;
            this.machine = machine;
        }
    }

    /** An assignment as Timefold sees it. */
    @PlanningSolution
    public static final class Layout {
        private Instance instance;
        private int[] before;
        @ValueRangeProvider
        public List<Machine> machines;
        @PlanningEntityCollectionProperty
        public List<Seat> seats;
        @PlanningScore
        public HardSoftScore score;

        public Layout() {}

        Layout(Instance instance, int[] before) {
            this.instance = instance;
            this.before = before;
            machines = IntStream.range(0, instance.machines()).mapToObj(Machine::new).toList();
            seats = IntStream.range(0, before.length).mapToObj(p -> new Seat(p, machines.get(before[p]))).toList();
        }

        private int[] assignment() {
            return seats.stream().mapToInt(seat -> seat.machine.number()).toArray();
        }
    }

    /** Keeps the score while Timefold moves processes. */
    public static final class Calculator implements IncrementalScoreCalculator<Layout, HardSoftScore> {
        private Evaluation evaluation;

        @Override
        public void resetWorkingSolution(Layout layout) {
            evaluation = new Evaluation(layout.instance, layout.before, layout.assignment());
        }

        @Override
        public void beforeVariableChanged(Object entity, String variable) {
            // what matters is where it comes to be
        }

        @Override
        public void afterVariableChanged(Object entity, String variable) {
            var seat = (Seat) entity;
            evaluation.place(seat.process, seat.machine.number());
        }

        @Override
        public HardSoftScore calculateScore() {
            return HardSoftScore.of(-evaluation.broken(), -evaluation.cost());
        }
    }
}
