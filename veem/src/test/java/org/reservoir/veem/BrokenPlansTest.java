package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.veem.SimulatedSite.ADMIN;

import java.util.Optional;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.PlacementPlan;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.kernel.Refused;
import org.reservoir.veeh.simulated.Fault;
import org.reservoir.veeh.simulated.Faults;
import org.reservoir.veeh.simulated.Verb;

/** Plans whose world changes, whose moves fail and whose servers die: each ends, and the next begins anew. */
@Tag("long")
class BrokenPlansTest extends ReviewedSite {
    @Test
    void aHostThatChangedBehindThePlansBackEndsIt() {
        for (int i = 0; i < 6; i++) {
            site.running(spec("v" + i));
        }
        placements().set(ADMIN, POWER);
        var plan = placements().run(ADMIN, Optional.empty()).getFirst();
        site.veem.hosts().disable(ADMIN, plan.steps().getFirst().to().id());
        settle();
        assertThat(newest().state()).isEqualTo(PlacementPlan.State.ABANDONED);
        assertThat(newest().why()).contains("does not take").contains("takes no new VEEs");
        assertThat(perHost().values()).containsExactly(2L, 2L, 2L);
    }

    @Test
    void aVeeThatChangedBehindThePlansBackEndsIt() {
        for (int i = 0; i < 6; i++) {
            site.running(spec("v" + i));
        }
        placements().set(ADMIN, POWER);
        var first = placements().run(ADMIN, Optional.empty()).getFirst().steps().getFirst();
        site.after(first.vee(), new VeeAction.Terminate(true));
        settle();
        assertThat(newest().state()).isEqualTo(PlacementPlan.State.ABANDONED);
        assertThat(newest().why()).contains(first.name()).contains("not any more as it was");
    }

    @Test
    void aMoveThatFailsEndsItsPlanAndTheNextReviewBeginsAnew() {
        for (int i = 0; i < 3; i++) {
            site.running(spec("v" + i));
        }
        placements().set(ADMIN, POWER);
        placements().run(ADMIN, Optional.empty());
        site.points.weather(call -> call.verb() == Verb.MIGRATE ? Fault.NO_ROOM : Fault.NONE);
        settle();
        assertThat(newest().state()).isEqualTo(PlacementPlan.State.ABANDONED);
        assertThat(newest().why()).contains("did not get to");
        site.points.weather(Faults.NONE);
        placements().run(ADMIN, Optional.empty());
        settle();
        assertThat(newest().state()).isEqualTo(PlacementPlan.State.DONE);
        assertThat(perHost()).hasSize(1);
    }

    @Test
    void aNewPolicyEndsAPlanAndASecondPlanIsRefused() {
        for (int i = 0; i < 6; i++) {
            site.running(spec("v" + i));
        }
        placements().set(ADMIN, POWER);
        placements().run(ADMIN, Optional.empty());
        assertThatThrownBy(() -> placements().run(ADMIN, Optional.empty())).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("PLAN_UNDER_WAY"));
        placements().set(ADMIN, BALANCE);
        settle();
        assertThat(newest().state()).isEqualTo(PlacementPlan.State.ABANDONED);
        assertThat(perHost().values()).containsExactly(2L, 2L, 2L);
    }

    @Test
    void aServerThatIsKilledInTheMiddleOfAPlanLeavesItToTheNext() {
        for (int i = 0; i < 6; i++) {
            site.running(spec("v" + i));
        }
        placements().set(ADMIN, POWER);
        placements().run(ADMIN, Optional.empty());
        site.veem.optimiser.turn();
        assertThat(newest().steps()).anySatisfy(step -> assertThat(step.progress()).isEqualTo(PlacementPlan.Progress.UNDER_WAY));
        site.restart();
        settle();
        assertThat(newest().state()).isEqualTo(PlacementPlan.State.DONE);
        assertThat(perHost()).hasSize(1);
    }

    /** Killed at the first event of a review and its plan, at the second, and so on until it lives, in each way. */
    @Test
    void aPlanIsCarriedOutOrDroppedCleanlyWhereverItsServerDies() {
        for (int i = 0; i < 4; i++) {
            site.running(spec("v" + i));
        }
        site.running(apart("db1"));
        site.running(apart("db2"));
        boolean power = true;
        for (var moment : CrashPoints.Moment.values()) {
            for (int event = 1; dies(power ? POWER : BALANCE, event, moment); event++) {
                power = !power;
            }
        }
        System.out.printf("%d deaths of a server in the middle of a plan%n", site.points.struck());
        assertThat(site.points.struck()).isGreaterThan(50);
    }

    private boolean dies(PlacementPolicy policy, int event, CrashPoints.Moment moment) {
        placements().set(ADMIN, policy);
        site.points.arm(event, moment);
        var lived = site.survives(_ -> {
            placements().run(ADMIN, Optional.empty());
            settle();
        });
        site.converge();
        settle();
        site.converge();
        assertThat(placements().plans(ADMIN)).as("killed at event %d (%s)", event, moment).noneMatch(plan -> plan.state() == PlacementPlan.State.UNDER_WAY);
        apartHolds();
        placements().run(ADMIN, Optional.empty());
        settle();
        site.converge();
        return !lived;
    }
}
