package org.reservoir.veem;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

import org.reservoir.placement.Amounts;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.Level;
import org.reservoir.placement.Resource;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.State;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.lease.AdmissionPolicy;
import org.reservoir.placement.lease.HostPolicy;
import org.reservoir.placement.lease.PreemptionPolicy;
import org.reservoir.placement.lease.PricingPolicy;
import org.reservoir.placement.policy.Goal;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.Problem;
import org.reservoir.placement.search.Solver;
import org.reservoir.plugins.Kind;
import org.reservoir.plugins.Plugins;
import org.reservoir.plugins.Provided;
import org.reservoir.veem.lease.PluggedLeases;
import org.reservoir.veem.placing.PlainTerms;
import org.reservoir.veem.placing.Plugged;
import org.reservoir.veem.review.PluggedGoal;
import org.reservoir.veem.review.PluggedSolver;

/** Goals, solvers and policies of leases from jars in force. A goal or policy is named after its jar, or, where a jar provides several, {@code JAR/CLASS}. */
public final class PluggedJars implements Plugged {
    private static final String PLACEMENT = "org.reservoir.placement";
    /** Of the trial's VEEs the two that may not share a host. */
    private static final String APART = "apart";
    private static final int TRIAL_BLOCKS = 10;

    /** What jars may provide, each tried on a site of two hosts and three VEEs before it is in force. */
    public static final List<Kind<?>> KINDS = List.of(
            Kind.of(Goal.class).using(PLACEMENT, PLACEMENT + ".policy").tried(PluggedJars::tryOut),
            Kind.of(Solver.class).using(PLACEMENT, PLACEMENT + ".policy", PLACEMENT + ".search").tried(PluggedJars::tryOut),
            Kind.of(AdmissionPolicy.class).using(PluggedLeases.USABLE).tried(PluggedLeases::tryOut),
            Kind.of(PreemptionPolicy.class).using(PluggedLeases.USABLE).tried(PluggedLeases::tryOut),
            Kind.of(HostPolicy.class).using(PluggedLeases.USABLE).tried(PluggedLeases::tryOut),
            Kind.of(PricingPolicy.class).using(PluggedLeases.USABLE).tried(PluggedLeases::tryOut));

    private final Plugins plugins;

    public PluggedJars(Plugins plugins) {
        this.plugins = plugins;
    }

    private static Snapshot sample() {
        var hosts = LongStream.rangeClosed(1, 2).mapToObj(id -> HostView.of(id, "host-" + id, Amounts.of(4_000, 8L << 30, 64L << 30))).toList();
        var vees = LongStream.rangeClosed(1, 3).mapToObj(id -> new VeeView(Demand.of(id, Amounts.of(1_000, 1L << 30, 4L << 30), id < 3 ? APART : "third"), 1 + id % 2)).toList();
        return new Snapshot(Resource.USUAL, hosts, vees, List.of());
    }

    private static void tryOut(Goal goal) {
        var state = new State(sample());
        PlainTerms.of(goal.terms(state), state);
    }

    private static void tryOut(Solver solver) {
        var problem = Problem.of(sample().with(sample().vees(), List.of(new Constraint.Spread(APART, Level.HOST))), List.of(), Objective.FEW_MOVES);
        PluggedSolver.tryOut(solver, problem, Budget.ofIterations(1, TRIAL_BLOCKS));
    }

    @Override
    public List<String> goals() {
        return names(Goal.class);
    }

    private List<String> names(Class<?> kind) {
        var all = plugins.of(kind);
        return all.stream().map(it -> name(it, all)).sorted().toList();
    }

    private static String name(Provided<?> one, List<? extends Provided<?>> all) {
        return all.stream().filter(other -> other.plugin().equals(one.plugin())).count() == 1 ? one.plugin() : one.name();
    }

    private <T> Optional<Provided<T>> named(Class<T> kind, String name) {
        var all = plugins.of(kind);
        return all.stream().filter(it -> name(it, all).equals(name)).findFirst();
    }

    @Override
    public Optional<Goal> goal(String name) {
        return named(Goal.class, name).map(goal -> new PluggedGoal(name, goal));
    }

    @Override
    public List<Solver> solvers() {
        return plugins.of(Solver.class).stream().<Solver>map(PluggedSolver::new).toList();
    }

    @Override
    public List<String> leasePolicies(Class<?> kind) {
        return names(kind);
    }

    @Override
    public <T> Optional<T> leasePolicy(Class<T> kind, String name) {
        return named(kind, name).map(provided -> PluggedLeases.fenced(kind, provided));
    }
}
