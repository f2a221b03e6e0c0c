package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.veeh.simulated.SimulatedMachine;

/** Three simulated hosts for a whole class of tests of what can be done with VEEs, and its words; at the end all is as it must be. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ActedUponSite {
    final SteppedSite site = new SteppedSite(3);
    private int names;

    @AfterAll
    void allIsAsItMustBeAtTheEnd() {
        try (site) {
            site.converge();
            site.vees().forEach(vee -> site.act(vee.id(), new VeeAction.Terminate(true)));
            site.converge();
        }
    }

    VeeSpec spec() {
        return site.spec("a" + ++names);
    }

    VeeId running() {
        return site.running(spec()).id();
    }

    VeeId create(VeeSpec spec) {
        return site.veem.vees().create(SimulatedSite.ADMIN, spec).id();
    }

    VeeState state(VeeId vee) {
        return site.vee(vee).state();
    }

    SimulatedMachine machine(VeeId vee) {
        return site.world.machinesOf(vee).getFirst();
    }

    void refused(String code, VeeId vee, VeeAction action) {
        assertRefused(code, () -> site.veem.vees().act(SimulatedSite.ADMIN, vee, action));
    }

    static void assertRefused(String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable wish) {
        assertThatThrownBy(wish).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
