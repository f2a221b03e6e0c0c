package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeAction.Recover;
import org.reservoir.interfaces.vmi.VeeAction.Way;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.veeh.simulated.Fault;
import org.reservoir.veeh.simulated.Faults;
import org.reservoir.veeh.simulated.SimulatedMachine;
import org.reservoir.veeh.simulated.Verb;
import org.reservoir.veem.kept.VeeRecord;

/** VEEs that are stuck because their host does not answer, and how each way of recovery gets them going. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("long")
class RecoveryTest {
    private final SteppedSite site = new SteppedSite(3);
    private int names;

    @AfterEach
    void everythingComesToRest() {
        site.converge();
    }

    @AfterAll
    void close() {
        site.close();
    }

    private VeeId running() {
        return site.running(site.spec("r" + ++names)).id();
    }

    private SimulatedMachine machine(VeeId vee) {
        return site.world.machinesOf(vee).getFirst();
    }

    /** A VEE of whose job nobody hears, in the state in which that leaves it. */
    private VeeRecord stuck(VeeId vee, VeeAction action, Verb verb, Fault fault) {
        site.points.weather(call -> call.verb() == verb && call.order().filter(order -> order.vee().equals(vee)).isPresent() ? fault : Fault.NONE);
        return site.after(vee, action);
    }

    private VeeRecord recover(VeeId vee, Way way) {
        site.points.weather(Faults.NONE);
        return site.after(vee, new Recover(way));
    }

    @Test
    void aStuckJobIsBegunAnewAtOnceByRetry() {
        var vee = running();
        assertThat(stuck(vee, new VeeAction.Suspend(), Verb.PAUSE, Fault.TIMED_OUT_UNDONE).state()).isEqualTo(VeeState.SUSPENDING);
        assertThat(recover(vee, Way.RETRY).state()).isEqualTo(VeeState.SUSPENDED);
    }

    @Test
    void aStuckJobIsTakenBackByUndo() {
        var vee = running();
        assertThat(stuck(vee, new VeeAction.AttachNic(VeeSpec.NicSpec.on(site.network)), Verb.ATTACH_NIC, Fault.TIMED_OUT_DONE).state()).isEqualTo(VeeState.CHANGING);
        assertThat(machine(vee).guest(vee).orElseThrow().nics()).hasSize(2);
        assertThat(recover(vee, Way.UNDO).parts().nics()).hasSize(1);
        assertThat(machine(vee).guest(vee).orElseThrow().nics()).hasSize(1);
    }

    @Test
    void aForcedJobLeavesItsOutcomeToTheNextCensus() {
        var vee = running();
        stuck(vee, new VeeAction.Suspend(), Verb.PAUSE, Fault.TIMED_OUT_DONE);
        site.points.weather(Faults.NONE);
        site.veem.vees().act(SimulatedSite.ADMIN, vee, new Recover(Way.FORCE));
        assertThat(site.vee(vee).state()).isEqualTo(VeeState.UNKNOWN);
        site.veem.keeper.visitAll();
        assertThat(site.vee(vee).state()).isEqualTo(VeeState.SUSPENDED);
    }

    @Test
    void whatACensusDoesNotShowIsUndoneByForce() {
        var vee = running();
        stuck(vee, new VeeAction.AttachNic(VeeSpec.NicSpec.on(site.network)), Verb.ATTACH_NIC, Fault.TIMED_OUT_DONE);
        assertThat(recover(vee, Way.FORCE).parts().nics()).hasSize(1);
        assertThat(machine(vee).guest(vee).orElseThrow().nics()).hasSize(1);
    }

    @Test
    void whatAGuestGotUnheardAndDoesNotGiveBackIsAttachedInTheEnd() {
        for (var attach : List.of(new VeeAction.AttachNic(VeeSpec.NicSpec.on(site.network)), new VeeAction.AttachDisk(VeeSpec.DiskSpec.blank(DataSize.gibibytes(1))))) {
            var vee = running();
            var verb = attach instanceof VeeAction.AttachNic ? Verb.ATTACH_NIC : Verb.ATTACH_DISK;
            stuck(vee, attach, verb, Fault.TIMED_OUT_DONE);
            machine(vee).clings(vee, true);
            var after = recover(vee, Way.UNDO);
            assertThat(after.state()).isEqualTo(VeeState.RUNNING);
            assertThat(after.problem().orElseThrow()).contains("GUEST_KEEPS_DEVICE", "stays attached");
            assertThat(after.parts().nics().size() + after.parts().disks().size()).as("one more than before").isEqualTo(4);
            machine(vee).clings(vee, false);
        }
    }

    /** A detachment of which nobody knows how far it came goes on until the guest either lets go or is seen to keep what it has. */
    @Test
    void aDetachmentThatWasInterruptedEndsAlsoWhenTheGuestDoesNotLetGo() {
        var vee = running();
        stuck(vee, new VeeAction.DetachDisk(0), Verb.DETACH_DISK, Fault.TIMED_OUT_UNDONE);
        machine(vee).clings(vee, true);
        var after = recover(vee, Way.RETRY);
        assertThat(after.state()).isEqualTo(VeeState.RUNNING);
        assertThat(after.parts().disks()).hasSize(2);
        machine(vee).clings(vee, false);
    }

    @Test
    void aDiskThatIsLeavingCannotBeCalledBack() {
        var vee = running();
        stuck(vee, new VeeAction.DetachDisk(1), Verb.DETACH_DISK, Fault.HALF_DONE);
        assertThatThrownBy(() -> site.veem.vees().act(SimulatedSite.ADMIN, vee, new Recover(Way.UNDO)))
                .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("CANNOT_UNDO"));
        assertThat(recover(vee, Way.FORCE).parts().disks()).hasSize(1);
    }

    @Test
    void aMigrationWhoseAnswerWasLostIsFoundWhereItArrivedWhenItIsUndone() {
        var vee = running();
        var first = site.vee(vee).host();
        stuck(vee, new VeeAction.Migrate(Optional.empty(), true), Verb.MIGRATE, Fault.TIMED_OUT_DONE);
        var found = recover(vee, Way.UNDO);
        assertThat(found.state()).isEqualTo(VeeState.RUNNING);
        assertThat(found.host()).isNotEqualTo(first);
    }

    @Test
    void aMigrationThatWasNeverDoneIsUndoneWhereItBegan() {
        var vee = running();
        var first = site.vee(vee).host();
        stuck(vee, new VeeAction.Migrate(Optional.empty(), true), Verb.MIGRATE, Fault.TIMED_OUT_UNDONE);
        assertThat(recover(vee, Way.FORCE).host()).isEqualTo(first);
    }

    /** What the other host holds of it is removed, and both see the same disks. */
    @Test
    void aMigrationThatIsUndoneOnSharedStorageLeavesTheGuestItsDisks() {
        var hosts = site.veem.hosts().hosts(SimulatedSite.ADMIN, org.reservoir.interfaces.vmi.Page.Request.FIRST).items();
        for (var fault : List.of(Fault.TIMED_OUT_UNDONE, Fault.TIMED_OUT_DONE)) {
            var vee = site.running(site.spec("r" + ++names).wishing(new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.empty(), false, false, Optional.of("h1")))).id();
            site.write(vee);
            stuck(vee, new VeeAction.Migrate(Optional.of(hosts.get(1).id()), true), Verb.MIGRATE, fault);
            assertThat(recover(vee, Way.UNDO).state()).isEqualTo(VeeState.RUNNING);
            assertThat(site.world.machinesOf(vee)).hasSize(1);
            assertThat(machine(vee).contentOf(vee, 0)).contains(site.written.get(vee));
        }
    }

    @Test
    void anUndeploymentIsUndoneWithTheGuestWhereItWas() {
        var vee = running();
        site.write(vee);
        stuck(vee, new VeeAction.Undeploy(true), Verb.EXPORT_DISK, Fault.BUSY);
        assertThat(recover(vee, Way.UNDO).state()).isEqualTo(VeeState.POWERED_OFF);
        assertThat(machine(vee).contentOf(vee, 0)).contains(site.written.get(vee));
    }

    @Test
    void aDeploymentThatIsUndoneLeavesNothingAtItsHostAndIsHeldAgain() {
        var vee = site.veem.vees().create(SimulatedSite.ADMIN, CrashTest.held(site.spec("r" + ++names))).id();
        var host = site.veem.hosts().hosts(SimulatedSite.ADMIN, org.reservoir.interfaces.vmi.Page.Request.FIRST).items().getFirst().id();
        stuck(vee, new VeeAction.Deploy(host), Verb.START, Fault.TIMED_OUT_DONE);
        assertThat(site.world.machinesOf(vee)).hasSize(1);
        assertThat(recover(vee, Way.UNDO).state()).isEqualTo(VeeState.HELD);
        assertThat(site.world.machinesOf(vee)).isEmpty();
        site.after(vee, new VeeAction.Terminate(true));
    }

    /** What the host has until then is a blank disk in its place. */
    @Test
    void aDeploymentThatIsForcedWhileItBringsKeptDisksLosesNoneOfThem() {
        var vee = running();
        site.write(vee);
        site.after(vee, new VeeAction.Undeploy(true));
        assertThat(stuck(vee, new VeeAction.Resume(), Verb.IMPORT_DISK, Fault.TIMED_OUT_UNDONE).state()).isEqualTo(VeeState.DEPLOYING);
        recover(vee, Way.FORCE);
        site.veem.keeper.visitAll();
        site.work();
        assertThat(site.vee(vee).state()).as("begun anew once nothing of it was left").isEqualTo(VeeState.RUNNING);
        assertThat(machine(vee).contentOf(vee, 0)).contains(site.written.get(vee));
    }

    @Test
    void aVeeOnALostHostIsTerminatedByForceAndErasedWhenTheHostIsBack() {
        var vee = running();
        var machine = machine(vee);
        machine.cutOff();
        assertThat(site.after(vee, new VeeAction.Terminate(true)).state()).isEqualTo(VeeState.TERMINATING);
        assertThat(recover(vee, Way.FORCE).state()).isEqualTo(VeeState.TERMINATED);
        assertThat(machine.guests()).contains(vee);
        site.converge();
        assertThat(machine.guests()).doesNotContain(vee);
    }

    @Test
    void aDiskOfWhichNobodyKnowsWhetherItWasAttachedIsDetachedWithoutAnybodysHelp() {
        var vee = running();
        stuck(vee, new VeeAction.AttachDisk(VeeSpec.DiskSpec.blank(DataSize.gibibytes(1))), Verb.ATTACH_DISK, Fault.TIMED_OUT_DONE);
        while (site.vee(vee).task().filter(task -> !task.backward()).isPresent()) {
            site.database().work().nextDue(SteppedSite.EVERY_KIND).ifPresent(site.clock::reach);
            site.work();
        }
        var after = site.vee(vee);
        assertThat(after.state()).isEqualTo(VeeState.RUNNING);
        assertThat(after.problem().orElseThrow()).contains("attach-disk failed");
        assertThat(after.parts().disks()).hasSize(2);
        assertThat(machine(vee).contentOf(vee, 2)).isEmpty();
    }

    @Test
    void whatIsWellCannotBeRecovered() {
        var vee = running();
        for (var way : Way.values()) {
            assertThatThrownBy(() -> site.veem.vees().act(SimulatedSite.ADMIN, vee, new Recover(way))).isInstanceOf(Refused.class).hasMessageContaining("nothing to recover from");
        }
        site.after(vee, new VeeAction.Terminate(true));
    }
}
