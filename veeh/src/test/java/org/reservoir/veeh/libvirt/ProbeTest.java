package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.reservoir.interfaces.vhi.HostFacts.Acceleration;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.veeh.Heard;

/** Whether KVM is found to work: by a guest that ends by itself, and never by a host that did not answer. */
class ProbeTest {
    private final FakeLibvirtd libvirtd = new FakeLibvirtd();
    private final LibvirtHost host = open();

    private LibvirtHost open() {
        libvirtd.capabilities = libvirtd.capabilities.replace("'qemu'", "'kvm'");
        return LibvirtHost.open("qemu+tcp://here/system", new Site("lab"), Map.of(), InstantSource.fixed(Instant.EPOCH), libvirtd::dial);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void theProbeIsABootSector() {
        assertThat(Probe.bootSector()).hasSize(512).endsWith(0x55, 0xaa);
    }

    @Test
    void theProbeGuestRunsOncePerBootOfTheHost() throws InterruptedException {
        assertThat(host.facts().acceleration()).isEqualTo(Acceleration.KVM);
        host.facts();
        assertThat(probes()).isEqualTo(1);
        libvirtd.ran = 100;
        reconnect();
        assertThat(host.facts().acceleration()).isEqualTo(Acceleration.KVM);
        assertThat(probes()).isEqualTo(1);
        libvirtd.ran = 1;
        reconnect();
        host.facts();
        assertThat(probes()).isEqualTo(2);
        assertThat(libvirtd.domains).isEmpty();
        assertThat(libvirtd.volumes).isEmpty();
    }

    private long probes() {
        return libvirtd.calls.stream().filter("create"::equals).count();
    }

    private void reconnect() throws InterruptedException {
        var heard = new LinkedBlockingQueue<String>();
        try (var _ = host.watch(new Heard(heard))) {
            libvirtd.breakConnections();
            libvirtd.down = false;
            for (var event : new String[] {"lost", "regained", "missed"}) {
                assertThat(heard.poll(1, TimeUnit.MINUTES)).isEqualTo(event);
            }
        }
    }

    @Test
    void aHostThatDoesNotAnswerTheProbeIsAskedAgainAndNotTakenForOneWithoutKvm() {
        for (var silence : new Kind[] {Kind.TIMED_OUT, Kind.UNREACHABLE, Kind.BUSY}) {
            libvirtd.silentStarts.add(new HostFailure(silence, "no answer"));
            assertThatThrownBy(host::facts).isInstanceOfSatisfying(HostFailure.class, failure -> assertThat(failure.kind()).isEqualTo(silence));
        }
        assertThat(host.facts().acceleration()).isEqualTo(Acceleration.KVM);
        assertThat(libvirtd.domains).isEmpty();
    }

    @Test
    void aProbeOfWhichNobodySawTheEndIsStoppedFirst() {
        libvirtd.silentStarts.add(new HostFailure(Kind.TIMED_OUT, "no answer"));
        libvirtd.failAfterSilence = 0;
        assertThatThrownBy(host::facts).isInstanceOf(HostFailure.class);
        assertThat(libvirtd.domains.values()).singleElement().satisfies(left -> assertThat(left.id).isPositive());
        libvirtd.failAfter(Integer.MAX_VALUE);
        assertThat(host.facts().acceleration()).isEqualTo(Acceleration.KVM);
        assertThat(libvirtd.domains).isEmpty();
    }

    /** The last look is answered when the time is over already: that the guest runs still is what was to be found out, and no failure. */
    @Test
    @Tag("long")
    void aHostThatTellsLateThatTheProbeHangsEmulates() {
        libvirtd.probesHang = true;
        var slow = new AtomicBoolean();
        libvirtd.meanwhile = call -> {
            if (call.equals("state") && slow.compareAndSet(false, true)) {
                pause(Duration.ofSeconds(6));
            }
        };
        assertThat(host.facts().acceleration()).isEqualTo(Acceleration.EMULATED);
        assertThat(slow).isTrue();
        assertThat(libvirtd.domains).isEmpty();
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException interruption) {
            throw new IllegalStateException(interruption);
        }
    }

    @Test
    void whoIsToldToStopWhileTheProbeRunsClearsItAway() {
        libvirtd.probesHang = true;
        Thread.currentThread().interrupt();
        assertThatThrownBy(host::facts).isInstanceOf(HostFailure.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(libvirtd.domains).isEmpty();
        assertThat(libvirtd.volumes).isEmpty();
    }

    @Test
    void aHostThatSaysNoToKvmEmulates() {
        libvirtd.silentStarts.add(new HostFailure(Kind.REFUSED, "failed to initialize kvm: Operation not permitted"));
        assertThat(host.facts().acceleration()).isEqualTo(Acceleration.EMULATED);
        assertThat(libvirtd.domains).isEmpty();
    }
}
