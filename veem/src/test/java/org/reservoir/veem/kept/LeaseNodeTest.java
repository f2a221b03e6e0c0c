package org.reservoir.veem.kept;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.LeaseId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.veem.kept.LeaseNode.Step;
import org.reservoir.veem.kept.LeaseNode.Wanted;

/** What is done with a VEE of a lease, for everything that it may be to be and everything that it may be. */
class LeaseNodeTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final HostId HERE = new HostId(1);
    private static final HostId THERE = new HostId(2);
    private static final VeeId VEE = new VeeId(5);

    private static LeaseNode node(Wanted wanted) {
        return new LeaseNode(new LeaseId(1), 1, Optional.of(VEE), wanted, Optional.of(HERE), NOW, Optional.empty());
    }

    private static VeeRecord vee(VeeState state, HostId host) {
        return new VeeRecord(VEE, new Ownership(new UserId(2), new GroupId(2), Ownership.PRIVATE), state, 1, Optional.of(host), Optional.empty(), false, false,
                VeeSpec.of("v", 1, DataSize.mebibytes(64)), Parts.NONE, Optional.empty(), Optional.empty(), NOW, NOW);
    }

    private static Step next(Wanted wanted, VeeState state, HostId host) {
        return node(wanted).next(Optional.of(vee(state, host)));
    }

    private static Map<VeeState, VeeAction> actions(Wanted wanted, HostId host) {
        var actions = new EnumMap<VeeState, VeeAction>(VeeState.class);
        for (var state : VeeState.values()) {
            if (next(wanted, state, host) instanceof Step.Act(var action)) {
                actions.put(state, action);
            }
        }
        return actions;
    }

    @Test
    void oneThatIsToRunIsDeployedOrRestoredOnItsHost() {
        var deploy = new VeeAction.Deploy(HERE);
        assertThat(actions(Wanted.RUNNING, HERE)).isEqualTo(Map.of(VeeState.HELD, deploy, VeeState.PENDING, deploy, VeeState.UNDEPLOYED, deploy, VeeState.STOPPED, new VeeAction.Resume()));
    }

    @Test
    void whatIsSavedElsewhereIsBroughtToItsHostFirst() {
        var move = new VeeAction.Migrate(Optional.of(HERE), false);
        assertThat(next(Wanted.RUNNING, VeeState.STOPPED, THERE)).isEqualTo(new Step.Act(move));
        assertThat(next(Wanted.SAVED, VeeState.STOPPED, THERE)).isEqualTo(new Step.Act(move));
    }

    @Test
    void oneThatIsToBeSavedLeavesProcessorsAndMemoryWhateverItsUserHasMadeOfIt() {
        assertThat(actions(Wanted.SAVED, HERE)).isEqualTo(Map.of(VeeState.RUNNING, new VeeAction.Stop(), VeeState.SUSPENDED, new VeeAction.Stop(),
                VeeState.POWERED_OFF, new VeeAction.Undeploy(true)));
    }

    @Test
    void oneWhoseTimeHasNotComeIsLeftAlone() {
        assertThat(actions(Wanted.HELD, HERE)).isEmpty();
    }

    @Test
    void oneThatIsToEndIsTerminatedFromEveryState() {
        assertThat(actions(Wanted.ENDED, HERE).keySet()).hasSize(VeeState.values().length - 2).doesNotContain(VeeState.TERMINATING, VeeState.TERMINATED);
    }

    @Test
    void oneThatBeginsAnewIsMadeWhenItsTimeComes() {
        assertThat(node(Wanted.RUNNING).next(Optional.empty())).isEqualTo(new Step.Make());
        assertThat(node(Wanted.HELD).next(Optional.empty())).isEqualTo(new Step.Wait());
    }

    /** Whatever the table says must be allowed by the life-cycle. */
    @ParameterizedTest
    @EnumSource(Wanted.class)
    void everyActionIsPossibleInItsState(Wanted wanted) {
        for (var host : new HostId[] {HERE, THERE}) {
            actions(wanted, host).forEach((state, action) -> assertThat(Lifecycle.row(state, action, "vee-5")).isNotNull());
        }
    }
}
