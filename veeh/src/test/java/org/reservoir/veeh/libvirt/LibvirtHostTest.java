package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.reservoir.interfaces.vhi.*;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.kernel.DataSize;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.DomainEvent;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.LibvirtError;
import org.reservoir.libvirtrpc.LibvirtFailure;
import org.reservoir.veeh.Heard;

/** What the host does with libvirtd's answers and silences; a libvirtd in memory plays its part. */
class LibvirtHostTest extends TwoFakeHosts {
    @Test
    void aGuestLivesAndLeavesNothingBehind() {
        host.prepare(order(1), guest());
        assertThat(here.volumes.keySet()).contains("lab-vee-7-disk-0.qcow2", "lab-vee-7-seed.iso");
        host.start(order(2), guest());
        host.pause(order(3));
        host.unpause(order(4));
        host.save(order(5));
        assertThat(host.census().ours()).containsExactly(new Census.Sighting(VEE, 5, GuestState.SAVED));
        host.restore(order(6), guest());
        host.shutdown(order(7), false);
        assertThat(host.census().ours()).containsExactly(new Census.Sighting(VEE, 7, GuestState.SHUT_OFF));
        host.erase(order(8));
        assertNothingOf(here);
    }

    @Test
    void whatWasPreparedIsDefinedOnceUnlessItBecomesAnother() {
        host.prepare(order(1), guest());
        host.start(order(1), guest());
        assertThat(definitions()).isEqualTo(1);
        host.shutdown(order(1), true);
        host.start(order(1), guest());
        assertThat(definitions()).as("it may have been changed since").isEqualTo(2);
        host.shutdown(order(2), true);
        host.prepare(order(2), guest());
        host.start(order(2), sized(2));
        assertThat(definitions()).isEqualTo(4);
        assertThat(here.domains.values()).singleElement().satisfies(domain -> assertThat(domain.xml).contains("current=\"2\""));
        host.erase(order(3));
        assertNothingOf(here);
    }

    private long definitions() {
        return here.calls.stream().filter("define"::equals).count();
    }

    @Test
    @Tag("long")
    void whereverTheConnectionBreaksTheSameOrderEndsTheSame() {
        List<Consumer<LibvirtHost>> life = List.of(h -> h.prepare(order(1), guest()), h -> h.start(order(2), guest()), h -> h.save(order(3)),
                h -> h.restore(order(4), guest()), h -> h.shutdown(order(5), true), h -> h.erase(order(6)));
        for (int broken = 0; broken < life.size(); broken++) {
            for (int after = 0; after < 30; after++) {
                for (int step = 0; step < life.size(); step++) {
                    if (step == broken) {
                        breakOnce(after, life.get(step));
                    }
                    life.get(step).accept(host);
                }
                assertNothingOf(here);
                host.close();
                host = open(here, "qemu+tcp://here/system");
            }
        }
    }

    private void breakOnce(int after, Consumer<LibvirtHost> step) {
        here.failAfter(after);
        try {
            step.accept(host);
        } catch (HostFailure broken) {
            assertThat(broken.kind()).isEqualTo(Kind.UNREACHABLE);
        }
        here.failAfter(Integer.MAX_VALUE);
    }

    @Test
    void anOlderOrderIsRefused() {
        host.start(order(5), guest());
        failsAs(Kind.STALE_ORDER, () -> host.shutdown(order(4), true));
        failsAs(Kind.STALE_ORDER, () -> open(here, "qemu+tcp://again/system").pause(order(4)));
        host.erase(order(6));
        failsAs(Kind.STALE_ORDER, () -> host.start(order(5), guest()));
        assertNothingOf(here);
    }

    @Test
    void aDeafGuestCostsNoMoreThanItsOrdersPatience() {
        host.start(order(1), guest());
        here.deaf = true;
        failsAs(Kind.TIMED_OUT, () -> host.shutdown(new Order(VEE, 2, Duration.ofMillis(300)), false));
        host.shutdown(order(2), true);
    }

    @Test
    void listenersHearOfGuestsAndOfTheConnection() throws InterruptedException {
        var heard = new LinkedBlockingQueue<String>();
        host.watch(new Heard(heard));
        host.start(order(1), guest());
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("vee-7 RUNNING");
        var domain = here.domains.values().iterator().next();
        here.tell(new DomainEvent.Lifecycle(new Domain(domain.name, domain.uuid, -1), Flags.EVENT_STOPPED, 5));
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("vee-7 CRASHED");
        here.breakConnections();
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("lost");
        failsAs(Kind.UNREACHABLE, () -> host.census());
        here.down = false;
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("regained");
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("missed");
        assertThat(host.census().ours()).hasSize(1);
    }

    /** A host that comes back half awake: the first calls after the connection is made fail, and no connection may be left behind. */
    @Test
    void aConnectionThatFailsWhileItIsTakenUpIsGivenBackAndTriedAgain() throws InterruptedException {
        var heard = new LinkedBlockingQueue<String>();
        host.watch(new Heard(heard));
        here.breakConnections();
        here.failAfter(3);
        here.down = false;
        assertThat(heard.poll(1, TimeUnit.MINUTES)).isEqualTo("lost");
        while (here.failAfter > 0) {
            Thread.sleep(5);
        }
        here.failAfter(Integer.MAX_VALUE);
        assertThat(heard.poll(1, TimeUnit.MINUTES)).isEqualTo("regained");
        assertThat(here.connections).hasSize(2);
        host.start(order(1), guest());
    }

    @Test
    void whatAGuestSaysIsHeardLineByLine() throws Exception {
        var heard = new LinkedBlockingQueue<String>();
        host.watch(new Heard(heard));
        host.start(order(1), guest());
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("vee-7 RUNNING");
        var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (here.voices.isEmpty() && System.nanoTime() < until) {
            Thread.sleep(5);
        }
        here.voices.getFirst().write("ready\nkpi a=1\n".getBytes());
        here.voices.getFirst().flush();
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("vee-7 says ready");
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("vee-7 says kpi a=1");
    }

    @Test
    void aRunningGuestGrowsOnlyAsFarAsItWasStartedFor() {
        host.start(order(1), guest());
        host.resize(order(2), sized(2));
        assertThat(here.calls).contains("vcpus 2");
        failsAs(Kind.ONLY_WHEN_OFF, () -> host.resize(order(3), sized(64)));
        host.shutdown(order(4), true);
        host.resize(order(5), sized(64));
    }

    @Test
    void aRunningGuestIsAskedForCpusAndMemoryAndKeepsAllWhenItKeepsSome() {
        host.start(order(1), sized(2));
        running("kvm", "");
        here.clinging = true;
        var kept = failsAs(Kind.KEPT_BY_GUEST, () -> host.resize(impatient(2), sized(1)));
        assertThat(kept).hasMessageContaining("CPUs beyond 1");
        assertThat(definitions()).as("it is defined as it was").isEqualTo(1);
        failsAs(Kind.KEPT_BY_GUEST, () -> host.resize(impatient(3), smaller(sized(2))));
        assertThat(here.calls.getLast()).as("the guest may have its memory again").isEqualTo("memory " + (128 << 10));
        here.clinging = false;
        host.resize(impatient(4), smaller(sized(1)));
        assertThat(domain().xml).contains("current=\"1\"", ">65536</currentMemory>");
    }

    @Test
    void cpusThatARunningGuestCannotHandBackAreNotAskedFor() {
        host.start(order(1), sized(2));
        running("kvm", "<vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/><vcpu id='1' enabled='yes' hotpluggable='no'/></vcpus>");
        assertThat(failsAs(Kind.ONLY_WHEN_OFF, () -> host.resize(order(2), smaller(sized(1))))).hasMessageContaining("started with 2 CPUs");
        running("qemu", "<vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/><vcpu id='1' enabled='yes' hotpluggable='yes'/></vcpus>");
        assertThat(failsAs(Kind.ONLY_WHEN_OFF, () -> host.resize(order(3), smaller(sized(1))))).hasMessageContaining("emulated");
        assertThat(here.calls).noneMatch(call -> call.startsWith("vcpus") || call.startsWith("memory"));
    }

    private static Guest smaller(Guest guest) {
        return new Guest(guest.vee(), guest.name(), guest.vcpus(), guest.maxVcpus(), guest.share(), DataSize.mebibytes(64), guest.maxMemory(), guest.boot(), guest.disks(), guest.nics(), guest.seed(), guest.agent());
    }

    /** As libvirtd tells of a guest that runs: of what type, and with which CPUs. */
    private void running(String type, String vcpus) {
        domain().xml = domain().xml.replaceFirst("<domain [^>]*type=.[a-z]+.", "<domain type='%s'".formatted(type)).replaceAll("<vcpus>.*</vcpus>", "").replaceFirst("</vcpu>", "</vcpu>" + vcpus);
    }

    @Test
    void aSnapshotOfOneDiskNeedsTheGuestShutOff() {
        host.start(order(1), guest());
        var one = new SnapshotWork(SnapshotWork.Verb.TAKE, "s", OptionalInt.of(0));
        failsAs(Kind.UNSUPPORTED, () -> host.snapshot(order(2), guest(), one));
        host.snapshot(order(2), guest(), new SnapshotWork(SnapshotWork.Verb.TAKE, "whole", OptionalInt.empty()));
        host.shutdown(order(3), true);
        host.snapshot(order(4), guest(), one);
        assertThat(here.domains.values().iterator().next().snapshots).containsExactly("whole", "s-disk-0");
    }

    @Test
    void whatARunningGuestDoesNotLetGoOfStaysWhole() {
        host.prepare(order(1), guest());
        host.start(order(1), guest());
        here.clinging = true;
        failsAs(Kind.KEPT_BY_GUEST, () -> host.detachDisk(impatient(2), guest(), 0));
        failsAs(Kind.KEPT_BY_GUEST, () -> host.detachNic(impatient(3), guest(), 0));
        assertThat(here.volumes).containsKey("lab-vee-7-disk-0.qcow2");
        assertThat(here.filters).containsKey("reservoir-lab-vee-7-nic-0");
        assertThat(domain().xml).contains("ua-disk-0", "ua-nic-0");
        here.clinging = false;
        host.detachDisk(impatient(4), guest(), 0);
        host.detachNic(impatient(5), guest(), 0);
        assertThat(here.volumes).doesNotContainKey("lab-vee-7-disk-0.qcow2");
        assertThat(here.filters).isEmpty();
        host.erase(order(6));
    }

    @Test
    void aGuestThatIsOffIsNotAskedForItsDisk() {
        host.prepare(order(1), guest());
        here.clinging = true;
        host.detachDisk(impatient(2), guest(), 0);
        assertThat(here.calls).doesNotContain("detachDevice");
        assertThat(domain().xml).doesNotContain("ua-disk-0");
        host.erase(order(3));
    }

    private FakeLibvirtd.Kept domain() {
        return here.domains.values().iterator().next();
    }

    /** Whatever libvirt says no to, and however the connection ends, the VEEM hears of it in VHI's words alone. */
    @Test
    void everyFailureOfLibvirtIsToldInOurWords() {
        record Row(LibvirtFailure failure, Kind kind) {}
        for (var row : List.of(new Row(new LibvirtFailure.BadAddress("x"), Kind.REFUSED), new Row(new LibvirtFailure.Unreachable("x", null), Kind.UNREACHABLE),
                new Row(new LibvirtFailure.Denied("x", null), Kind.NOT_LET_IN),
                new Row(new LibvirtFailure.ConnectionLost("x"), Kind.UNREACHABLE), new Row(new LibvirtFailure.CallTimedOut("x"), Kind.TIMED_OUT),
                new Row(new LibvirtError(LibvirtError.NO_DOMAIN, 10, "x"), Kind.NO_SUCH_GUEST), new Row(new LibvirtError(LibvirtError.NO_SUPPORT, 10, "x"), Kind.UNSUPPORTED),
                new Row(new LibvirtError(LibvirtError.INTERNAL_ERROR, 29, "internal error: curl_easy_perform() returned an error: Couldn't connect to server (7) : x"), Kind.UNREACHABLE),
                new Row(new LibvirtError(LibvirtError.INTERNAL_ERROR, 29, "internal error: curl_easy_perform() returned an error: SSL peer certificate was not OK (60) : x"), Kind.REFUSED),
                new Row(new LibvirtError(LibvirtError.RESOURCE_BUSY, 10, "x"), Kind.BUSY), new Row(new LibvirtError(38, 10, "x"), Kind.REFUSED),
                new Row(new LibvirtError(38, 10, "cannot write: No space left on device"), Kind.NO_ROOM))) {
            assertThat(Failures.told(row.failure)).satisfies(told -> {
                assertThat(told.kind()).as(row.toString()).isEqualTo(row.kind);
                assertThat(told).hasMessage(row.failure.getMessage()).hasCause(row.failure);
            });
        }
    }
}
