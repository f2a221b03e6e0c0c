package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import org.reservoir.interfaces.vhi.HostFailure;

/** Which connection a call is made on while others hang. */
class LaneTest {
    private final FakeLibvirtd libvirtd = new FakeLibvirtd();

    @Test
    void callsGoAroundAConnectionOnWhichOthersHangAndComeBackToIt() {
        var first = (FakeConnection) libvirtd.dial();
        try (var lane = Lane.on(first, libvirtd::dial, Duration.ofSeconds(1))) {
            first.hanging = 2;
            assertThat(lane.free()).isSameAs(first);
            first.hanging = 3;
            var second = (FakeConnection) lane.free();
            assertThat(second).isNotSameAs(first).isSameAs(lane.free());
            first.hanging = 0;
            assertThat(lane.free()).isSameAs(first);
        }
        assertThat(libvirtd.connections).isEmpty();
    }

    @Test
    void howeverManyHangThereAreNoMoreThanThreeConnectionsAndTheFewestAreJoined() {
        try (var lane = Lane.of(libvirtd::dial)) {
            for (int i = 0; i < 3; i++) {
                ((FakeConnection) lane.free()).hanging = 9 - i;
            }
            assertThat(((FakeConnection) lane.free()).hanging).isEqualTo(7);
            assertThat(libvirtd.connections).hasSize(3);
        }
    }

    @Test
    void onceItIsClosedNobodyConnectsAnew() {
        var lane = Lane.of(libvirtd::dial);
        lane.free();
        lane.close();
        assertThatThrownBy(lane::free).isInstanceOf(HostFailure.class);
        assertThat(libvirtd.connections).isEmpty();
    }

    @Test
    void aConnectionThatBrokeIsReplaced() {
        try (var lane = Lane.of(libvirtd::dial)) {
            var first = (FakeConnection) lane.free();
            first.breakDown("by the test");
            assertThat(lane.free()).isNotSameAs(first);
            assertThat(libvirtd.connections).hasSize(1);
        }
    }
}
