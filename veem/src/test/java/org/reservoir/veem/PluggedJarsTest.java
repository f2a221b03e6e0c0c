package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.Amounts;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.Level;
import org.reservoir.placement.Rates;
import org.reservoir.placement.Resource;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.plan.Cycle;
import org.reservoir.placement.plan.Order;
import org.reservoir.placement.plan.Review;
import org.reservoir.placement.policy.FewMoves;
import org.reservoir.placement.policy.Goal;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.Solver;
import org.reservoir.plugins.Jars;
import org.reservoir.plugins.Plugin;
import org.reservoir.plugins.Plugins;
import org.reservoir.veem.review.Search;

/** Goals and solvers from jars, good and bad, in reviews of a site of three hosts. */
@Tag("long")
class PluggedJarsTest {
    @TempDir
    static Path workshop;
    private static Jars jars;
    @TempDir
    Path folder;
    private Plugins plugins;
    private PluggedJars plugged;

    @BeforeAll
    static void makeAKey() throws Exception {
        jars = new Jars(workshop);
    }

    @BeforeEach
    void open() {
        plugins = Plugins.watching(folder, jars::trust, org.reservoir.plugins.Budget.USUAL, PluggedJars.KINDS, InstantSource.system(), _ -> { });
        plugged = new PluggedJars(plugins);
    }

    @AfterEach
    void close() {
        plugins.close();
    }

    private void goal(String name, String terms) throws Exception {
        plugins.put(name, jars.signed(Goal.class, "other.Mine", """
                package other;
                import org.reservoir.placement.State;
                import org.reservoir.placement.policy.*;
                import java.util.*;
                public class Mine implements Goal {
                    public String name() { return "mine"; }
                    public Terms terms(State state) { %s }
                }""".formatted(terms)));
    }

    /** @param place of each VEE, by the snapshot */
    private void solver(String name, String place) throws Exception {
        plugins.put(name, jars.signed(Solver.class, "other.Wild", """
                package other;
                import org.reservoir.placement.*;
                import org.reservoir.placement.search.*;
                import java.util.*;
                import java.util.function.Consumer;
                public class Wild implements Solver {
                    public String name() { return "wild"; }
                    public Solution solve(Problem problem, Budget budget, Consumer<Solution> better) {
                        var snapshot = problem.snapshot();
                        var all = snapshot.vees().stream().map(vee -> new VeeView(vee.demand(), %s)).toList();
                        return new Solution("wild", all, List.of(), Long.MIN_VALUE, Map.of(), 0, Long.MAX_VALUE, false, 0, List.of());
                    }
                }""".formatted(place)));
    }

    private static Snapshot three() {
        var hosts = List.of(1L, 2L, 3L).stream().map(id -> HostView.of(id, "h" + id, Amounts.of(8_000, 16L << 30, 64L << 30))).toList();
        var vees = List.of(1L, 2L, 3L).stream().map(id -> new VeeView(Demand.of(id, Amounts.of(1_000, 1L << 30, 1L << 30), "w"), id)).toList();
        return new Snapshot(Resource.USUAL, hosts, vees, List.of());
    }

    private Review review(Objective objective) {
        return review(three(), 10, objective);
    }

    private Review review(Snapshot snapshot, int mostMoves, Objective objective) {
        var search = new Search(plugged, org.reservoir.placement.search.Solvers.LNS);
        return Cycle.review(snapshot, List.of(), new Order(objective, mostMoves, 0, Rates.USUAL), search.solver(), Budget.ofIterations(1, 50));
    }

    private Review review(String goal) {
        return review(Objective.of(plugged.goal(goal).orElseThrow(), 1).then(FewMoves.COUNTED));
    }

    private Plugin plugin(String name) {
        return plugins.list().stream().filter(plugin -> plugin.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void aGoalOfAJarIsFollowed() throws Exception {
        goal("third", """
                return Terms.ofVees(new Terms.VeeCost() {
                    public double at(int vee, int from, int to) { return to == State.NOWHERE ? 0 : state.host(to).id() == 3 ? 0 : 10; }
                    public double most(int vee) { return 10; }
                });""");
        assertThat(plugged.goals()).containsExactly("third");
        assertThat(review("third")).isInstanceOfSatisfying(Review.Change.class, change -> {
            assertThat(change.plan().migrations()).isEqualTo(2);
            assertThat(change.solution().places()).allSatisfy(vee -> assertThat(vee.host()).isEqualTo(3));
            assertThat(change.before()).containsEntry("third", 20.0);
        });
        plugins.withdraw("third");
        assertThat(plugged.goal("third")).isEmpty();
    }

    @Test
    void aGoalThatSaysWhatIsNoNumberIsFencedOffAndCountsNothing() throws Exception {
        goal("liar", "double[] used = new double[state.hosts()]; if (state.hosts() == 3) used[1] = Double.NaN; return Terms.ofHosts(new double[0], used, List.of());");
        assertThat(plugin("liar").state()).isEqualTo(Plugin.State.IN_FORCE);
        assertThat(review("liar")).isInstanceOf(Review.Keep.class);
        assertThat(plugin("liar").state()).isEqualTo(Plugin.State.FENCED);
        assertThat(plugin("liar").why()).contains("liar lied").contains("NaN");
        assertThat(plugged.goals()).isEmpty();
    }

    @Test
    void aGoalThatChangesTheStateItIsGivenChangesItsOwnCopy() throws Exception {
        goal("vandal", "for (int v = 0; v < state.vees(); v++) { if (state.hostOf(v) != State.NOWHERE) state.remove(v); } return Terms.ofHosts(new double[0], new double[0], List.of());");
        assertThat(review("vandal")).isInstanceOf(Review.Keep.class);
        assertThat(plugin("vandal").state()).isEqualTo(Plugin.State.IN_FORCE);
    }

    @Test
    void aGoalThatNeverEndsIsFencedOff() throws Exception {
        goal("loop", "while (state.hosts() == 3) { } return Terms.ofHosts(new double[0], new double[0], List.of());");
        assertThat(review("loop")).isInstanceOf(Review.Keep.class);
        assertThat(plugin("loop").state()).isEqualTo(Plugin.State.FENCED);
    }

    @Test
    void aSolverOfAJarIsAskedAndNotBelieved() throws Exception {
        solver("wild", "snapshot.hosts().size() == 3 ? 99 : vee.host()");
        assertThat(review(Objective.of(org.reservoir.placement.policy.PowerSaving.USUAL, 1))).isInstanceOfSatisfying(Review.Change.class, change -> {
            assertThat(change.plan().migrations()).isEqualTo(2);
            assertThat(change.solution().faults()).singleElement().satisfies(fault -> assertThat(fault).contains("wild lied").contains("host 99"));
        });
        assertThat(plugin("wild").state()).isEqualTo(Plugin.State.FENCED);
    }

    @Test
    void aSolverWhosePlanBreaksARuleIsFencedOff() throws Exception {
        solver("crowd", "snapshot.hosts().size() == 3 ? 1 : vee.host()");
        var apart = three().with(three().vees(), List.of(new Constraint.Spread("w", Level.HOST)));
        assertThat(review(apart, 10, Objective.of(org.reservoir.placement.policy.PowerSaving.USUAL, 1))).isInstanceOf(Review.Keep.class);
        assertThat(plugin("crowd").state()).isEqualTo(Plugin.State.FENCED);
        assertThat(plugin("crowd").why()).contains("crowd lied").contains("broke a rule").contains("w");
    }

    @Test
    void aSolverThatMovesMoreThanItMayIsFencedOff() throws Exception {
        solver("restless", "snapshot.hosts().size() == 3 ? vee.host() % 3 + 1 : vee.host()");
        review(three(), 2, Objective.of(org.reservoir.placement.policy.PowerSaving.USUAL, 1));
        assertThat(plugin("restless").why()).contains("restless lied: moved 3 VEEs where 2 may move");
    }

    @Test
    void whatLiesInItsTrialIsRefusedInWordsAboutItsAnswer() {
        refused("plug-in crowd lied: broke a rule", () -> solver("crowd", "1"));
        refused("plug-in liar lied: a host in use costs NaN", () -> goal("liar", "double[] used = new double[state.hosts()]; used[1] = Double.NaN; return Terms.ofHosts(new double[0], used, List.of());"));
    }

    private static void refused(String message, org.assertj.core.api.ThrowableAssert.ThrowingCallable putting) {
        assertThatThrownBy(putting).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("PLUGIN_FAILS_ITS_TRIAL")).hasMessageContaining(message);
    }
}
