package org.reservoir.veeh.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vhi.HostAddress;
import org.reservoir.interfaces.vhi.HostFacts.Feature;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.kernel.HostId;

/** Simulated machines fall asleep and wake as slowly as they are told, or not at all. */
class SimulatedSleepTest {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Faults.Script script = Faults.script();
    private final SimulatedHosts hosts = new SimulatedHosts(new SimulatedWorld(() -> now, Runnable::run).faults(script));

    private VeeHost open(HostAddress address) {
        return hosts.open(new HostId(1), address);
    }

    private static HostAddress address(String uri) {
        return new HostAddress(uri, Map.of());
    }

    private void pass(int seconds) {
        now = now.plus(Duration.ofSeconds(seconds));
    }

    private static void assertAsleep(VeeHost host) {
        assertThatThrownBy(host::census).isInstanceOfSatisfying(HostFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE));
    }

    @Test
    void aMachineFallsAsleepAndWakesInItsOwnTime() {
        var address = address("sim://a?sleep=10s&wake=1m");
        var host = open(address);
        assertThat(host.facts().features()).contains(Feature.SLEEP);
        host.sleep();
        pass(9);
        assertThat(host.census().ours()).isEmpty();
        host.sleep();
        pass(1);
        assertAsleep(host);
        assertThatThrownBy(() -> open(address)).isInstanceOf(HostFailure.class).hasMessageContaining("asleep");
        hosts.wake(address);
        pass(30);
        hosts.wake(address);
        pass(29);
        assertAsleep(host);
        pass(1);
        assertThat(host.census().ours()).isEmpty();
        host.sleep();
        pass(10);
        assertAsleep(host);
    }

    @Test
    void oneThatCannotSleepSaysSoAndOneThatNothingWakesSleepsOnUntilItsButtonIsPressed() {
        var sleepless = open(address("sim://b?sleep=never"));
        assertThat(sleepless.facts().features()).doesNotContain(Feature.SLEEP);
        assertThatThrownBy(sleepless::sleep).isInstanceOfSatisfying(HostFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.UNSUPPORTED));

        var world = new SimulatedWorld(() -> now, Runnable::run);
        var dead = new SimulatedHosts(world);
        var host = dead.open(new HostId(2), address("sim://c?wake=never"));
        host.sleep();
        dead.wake(address("sim://c"));
        pass(3600);
        assertAsleep(host);
        world.machine("c").pressButton();
        assertThat(host.census().ours()).isEmpty();
    }

    @Test
    void aPacketThatIsLostWakesNobody() {
        var host = open(address("sim://a"));
        host.sleep();
        assertAsleep(host);
        script.next("a", Verb.WAKE, Fault.TIMED_OUT_UNDONE);
        hosts.wake(address("sim://a"));
        assertAsleep(host);
        hosts.wake(address("sim://a"));
        assertThat(host.census().ours()).isEmpty();
    }
}
