package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.interfaces.vhi.Progress;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.VeeId;

class GuestAgentTest {
    private static final VeeId VEE = new VeeId(7);
    private static final Optional<String> YES = Optional.of("{\"return\":{}}");
    private static final Optional<String> NO = Optional.of("{\"error\":{\"class\":\"CommandNotFound\",\"desc\":\"no\"}}");

    private final FakeLibvirtd libvirtd = new FakeLibvirtd();
    private final LibvirtHost host = LibvirtHost.open("qemu+tcp://here/system", new Site("lab"), Map.of(), InstantSource.system(), libvirtd::dial);

    @BeforeEach
    void run() {
        host.prepare(order(1), guest());
        host.start(order(2), guest());
        libvirtd.calls.clear();
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void aGuestWithAnAgentIsShutDownByIt() {
        libvirtd.agent = json -> {
            if (json.contains("powerdown")) {
                libvirtd.domains.values().forEach(domain -> domain.state = 5);
            }
            return YES;
        };
        host.shutdown(order(3), false);
        assertThat(libvirtd.calls).contains("agent guest-ping", "agent guest-shutdown").doesNotContain("shutdown");
    }

    @Test
    @Tag("long")
    void aGuestWhoseAgentLiesOrHangsHasItsPowerButtonPressed() {
        libvirtd.agent = _ -> YES;
        host.shutdown(order(3), false);
        assertThat(libvirtd.calls).containsSubsequence("agent guest-shutdown", "shutdown");

        host.start(order(4), guest());
        libvirtd.calls.clear();
        libvirtd.agent = _ -> {
            throw new HostFailure(HostFailure.Kind.TIMED_OUT, "the agent hangs");
        };
        host.shutdown(order(5), false);
        assertThat(libvirtd.calls).contains("shutdown");
    }

    @Test
    void aRebootIsAskedOfTheAgentElseOfThePowerButton() {
        libvirtd.agent = _ -> YES;
        host.reboot(order(3), false);
        assertThat(libvirtd.calls).contains("agent guest-shutdown").doesNotContain("reboot");
        libvirtd.agent = _ -> Optional.empty();
        host.reboot(order(4), false);
        assertThat(libvirtd.calls).contains("reboot");
    }

    @Test
    void fileSystemsStandStillWhileACopyBegins() {
        libvirtd.agent = _ -> YES;
        export(3);
        assertThat(libvirtd.calls).containsSubsequence("agent guest-fsfreeze-freeze", "backupBegin", "agent guest-fsfreeze-thaw");
    }

    @Test
    void anAgentThatCannotFreezeHindersNoCopyAndOneThatFrozeIsThawedWhateverHappens() {
        libvirtd.agent = json -> json.contains("freeze-freeze") ? NO : YES;
        export(3);
        assertThat(libvirtd.calls).containsSubsequence("backupBegin", "agent guest-fsfreeze-thaw");

        libvirtd.calls.clear();
        libvirtd.agent = json -> {
            if (json.contains("freeze-freeze")) {
                libvirtd.failAfter(0);
            }
            return YES;
        };
        assertThatThrownBy(() -> export(4)).isInstanceOf(HostFailure.class);
        assertThat(libvirtd.calls).containsSubsequence("agent guest-fsfreeze-freeze", "agent guest-fsfreeze-thaw");
    }

    @Test
    @Tag("long")
    void anAgentThatIsDeafAfterFreezingIsToldToGoOnUntilItHears() {
        var thaws = new AtomicInteger();
        libvirtd.agent = json -> json.contains("thaw") && thaws.incrementAndGet() < 3 ? Optional.empty() : YES;
        export(3);
        var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!libvirtd.calls.contains("agent guest-fsfreeze-thaw")) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.onSpinWait();
        }
        assertThat(thaws).hasValue(3);
    }

    @Test
    void withoutAnAgentNothingIsAskedTwiceAndAnEndlessAnswerIsNone() {
        export(3);
        assertThat(libvirtd.calls).contains("backupBegin").noneMatch(call -> call.startsWith("agent"));
        libvirtd.agent = _ -> Optional.of("x".repeat(1 << 20));
        assertThat(host.askAgent(VEE, "{\"execute\":\"guest-info\"}")).isEmpty();
        libvirtd.agent = _ -> YES;
        assertThat(host.askAgent(VEE, "{\"execute\":\"guest-info\"}")).isEqualTo(YES);
    }

    private void export(long generation) {
        host.exportDisk(order(generation), guest(), 0, true, OutputStream::nullOutputStream, Progress.UNHEARD);
    }

    private static Order order(long generation) {
        return new Order(VEE, generation, Duration.ofSeconds(30));
    }

    private static Guest guest() {
        var disk = new Disk(0, new Disk.Content.Blank(), DataSize.mebibytes(1), Disk.Bus.VIRTIO, false, Optional.empty());
        return new Guest(VEE, "web", 1, 1, Cpus.of(1), DataSize.mebibytes(128), DataSize.mebibytes(128), new Guest.Boot.FromDisk(), List.of(disk), List.of(), Map.of(), true);
    }
}
