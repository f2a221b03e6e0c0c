package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.Lease;
import org.reservoir.interfaces.vmi.LeaseWish;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.LeaseId;
import org.reservoir.kernel.VeeId;

/** On a real host with room for one guest, a guest that runs by best effort makes way for a reservation and goes on where it was when that has ended early. */
@Tag("real")
class LeaseOnHostTest {
    @AutoClose
    private static Lab lab;

    @BeforeAll
    static void aSiteWithOneHost() {
        lab = Lab.with(1);
    }

    /** More than half of the host. */
    private static VeeSpec big(String name) {
        var half = lab.veem.hosts().host(Lab.ADMIN, lab.host("h1")).capacity().cpu().milli() / 2;
        var spec = lab.spec(name);
        return spec.sized(Math.ceilDiv(half + 1, 1000), new Cpus(half + 1), spec.memory());
    }

    private static Lease request(String name, LeaseWish.Start start, Optional<Instant> at, Duration duration) {
        return lab.veem.leases().request(Lab.ADMIN, new LeaseWish(name, start, at, duration, Optional.empty(), Optional.empty(), List.of(big(name))));
    }

    private static VeeId vee(LeaseId lease) {
        return lab.veem.leases().lease(Lab.ADMIN, lease).vees().getFirst().vee().orElseThrow();
    }

    @Test
    void aBestEffortGuestIsSavedForAReservationAndGoesOnAfterItInTheSameBoot() {
        var patient = request("patient", LeaseWish.Start.WHENEVER, Optional.empty(), Duration.ofHours(1));
        var guest = vee(patient.id());
        lab.await(guest, VeeState.RUNNING);
        var boot = lab.shell(guest).run("remembered=kept; cat /proc/sys/kernel/random/boot_id").output();
        lab.closeShell(guest);

        var exact = request("exact", LeaseWish.Start.AT, Optional.of(Instant.now().plusSeconds(20)), Duration.ofMinutes(30));
        assertThat(lab.veem.leases().lease(Lab.ADMIN, patient.id()).runs().getFirst().suspends()).isTrue();
        lab.await(vee(exact.id()), VeeState.RUNNING);
        assertThat(lab.veem.vees().vee(Lab.ADMIN, guest).state()).as("there is room for one alone").isEqualTo(VeeState.STOPPED);

        lab.veem.vees().act(Lab.ADMIN, vee(exact.id()), new VeeAction.Terminate(true));
        lab.await(guest, VeeState.RUNNING);
        assertThat(lab.shell(guest).run("echo $remembered; cat /proc/sys/kernel/random/boot_id").output().lines()).containsExactly("kept", boot);
        assertThat(lab.veem.leases().lease(Lab.ADMIN, exact.id()).state()).isEqualTo(Lease.State.DONE);
        assertThat(lab.veem.leases().cancel(Lab.ADMIN, patient.id()).state()).isEqualTo(Lease.State.CANCELLED);
        lab.await(guest, VeeState.TERMINATED);
    }
}
