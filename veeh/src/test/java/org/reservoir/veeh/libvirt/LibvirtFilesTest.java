package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.reservoir.interfaces.vhi.*;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.kernel.DataSize;
import org.reservoir.libvirtrpc.Flags;

/** Images and disks on hosts: how they come, are copied and move with their guests. */
@Tag("long")
class LibvirtFilesTest extends TwoFakeHosts {
    @Test
    void aTransferGoesOnWhereItStopped() {
        here.volumes.clear();
        here.files.clear();
        here.failAfter(6);
        failsAs(Kind.UNREACHABLE, () -> host.ensureImage(IMAGE, new Bytes(BYTES), Progress.UNHEARD));
        assertThat(host.toString()).isNotEmpty();
        here.failAfter(Integer.MAX_VALUE);
        assertThat(host.cachedImages()).isEmpty();
        here.calls.clear();
        host.ensureImage(IMAGE, new Bytes(BYTES), Progress.UNHEARD);
        assertThat(here.calls.stream().filter(call -> call.startsWith("upload")).findFirst().orElseThrow()).endsWith("at " + (32 << 20));
        assertThat(host.cachedImages()).containsExactly(IMAGE.digest());
        assertThat(here.files.get("image-%s.qcow2".formatted(IMAGE.digest()))).isEqualTo(BYTES);
    }

    @Test
    void anImageThatArrivesWrongIsThrownAway() {
        var wrong = BYTES.clone();
        wrong[5] = 1;
        var image = new ImageFile("f".repeat(64), wrong.length, DataSize.gibibytes(1), "qcow2");
        failsAs(Kind.CORRUPT, () -> host.ensureImage(image, new Bytes(wrong), Progress.UNHEARD));
        assertThat(host.cachedImages()).doesNotContain(image.digest());
        assertThat(here.volumes.keySet()).noneMatch(name -> name.contains(image.digest()));
    }

    @Test
    void aCopyOfADiskThatBrokeOffIsNoCopy() {
        host.prepare(order(1), guest());
        host.start(order(2), guest());
        here.jobsEndAs = 4;
        failsAs(Kind.NO_ROOM, () -> host.exportDisk(order(3), guest(), 0, true, ByteArrayOutputStream::new, Progress.UNHEARD));
        here.jobsEndAs = 3;
        host.exportDisk(order(3), guest(), 0, true, ByteArrayOutputStream::new, Progress.UNHEARD);
        assertThat(here.volumes.keySet()).noneMatch(name -> name.contains("-export-"));
    }

    @Test
    void anImageThatADiskNeedsStays() {
        host.prepare(order(1), guest());
        assertThat(host.dropImage(IMAGE.digest())).isFalse();
        host.erase(order(2));
        assertThat(host.dropImage(IMAGE.digest())).isTrue();
        assertThat(host.cachedImages()).isEmpty();
    }

    @Test
    void aGuestWithoutItsImageIsNotEvenDefined() {
        host.dropImage(IMAGE.digest());
        failsAs(Kind.REFUSED, () -> host.prepare(order(1), guest()));
        assertNothingOf(here);
    }

    /** Each call waits its turn at a pool that is busy with other guests' files. */
    @Test
    void ofAnImageThatIsThereAndFilesThatAreNotNothingIsAskedTwice() {
        host.ensureImage(IMAGE, new Bytes(BYTES), Progress.UNHEARD);
        host.prepare(order(1), guest());
        assertThat(here.calls.stream().filter("volume"::equals)).as("is the image there").hasSize(1);
        host.prepare(order(1), guest());
        assertThat(here.volumes.keySet().stream().filter(file -> file.contains("-vee-"))).containsExactly("lab-vee-7-disk-0.qcow2", "lab-vee-7-seed.iso");
        host.erase(order(2));
        assertThat(host.dropImage(IMAGE.digest())).isTrue();
        failsAs(Kind.REFUSED, () -> host.prepare(order(3), guest()));
        host.erase(order(4));
    }

    @Test
    void whatIsExportedCanBeImported() {
        host.prepare(order(1), guest());
        var out = new ByteArrayOutputStream();
        here.files.put("lab-vee-7-disk-0.qcow2", ByteBuffer.allocate(200).putInt(0x514649fb).array());
        host.exportDisk(order(2), guest(), 0, false, () -> out, Progress.UNHEARD);
        other.importDisk(order(1), guest(), 0, new Bytes(out.toByteArray()), Progress.UNHEARD);
        assertThat(Arrays.copyOf(there.files.get("lab-vee-7-disk-0.qcow2"), 200)).isEqualTo(out.toByteArray());
    }

    @Test
    void aDiskThatMovesNamesTheImageOfItsNewHost() throws Exception {
        var file = ByteBuffer.allocate(70_000).putInt(0x514649fb).putInt(3).putLong(512).putInt(4).put(512, "/old".getBytes()).array();
        var moved = Qcow2.rebased(new ByteArrayInputStream(file), Optional.of("/pool/image")).readAllBytes();
        assertThat(moved).hasSize(file.length);
        assertThat(ByteBuffer.wrap(moved).getInt(16)).isEqualTo(11);
        assertThat(new String(moved, 512, 11)).isEqualTo("/pool/image");
        assertThatThrownBy(() -> Qcow2.rebased(new ByteArrayInputStream(file), Optional.empty())).hasMessageContaining("differs");
        assertThatThrownBy(() -> Qcow2.rebased(new ByteArrayInputStream(new byte[200]), Optional.empty())).hasMessageContaining("not a qcow2");
    }

    @Test
    void aMoveThatBreaksAnywhereEndsAtTheDestinationAndNeverRunsTwice() {
        for (boolean running : new boolean[] {true, false}) {
            for (int after = 0; after < 40; after++) {
                var order = order(after + 100);
                host.prepare(order, guest());
                if (running) {
                    host.start(order, guest());
                } else {
                    host.shutdown(order, true);
                }
                (after % 2 == 0 ? here : there).failAfter(after / 2);
                try {
                    host.migrate(order, guest(), other, running ? Migration.LIVE : Migration.COLD, Progress.UNHEARD);
                } catch (HostFailure broken) {
                    assertThat(broken.kind()).isEqualTo(Kind.UNREACHABLE);
                    assertRunsAtMostOnce();
                }
                here.failAfter(Integer.MAX_VALUE);
                there.failAfter(Integer.MAX_VALUE);
                host.migrate(order, guest(), other, running ? Migration.LIVE : Migration.COLD, Progress.UNHEARD);
                assertNothingOf(here);
                assertThat(other.census().ours()).extracting(Census.Sighting::state).containsExactly(running ? GuestState.RUNNING : GuestState.SHUT_OFF);
                assertThat(there.volumes.keySet()).contains("lab-vee-7-disk-0.qcow2").doesNotContain("lab-vee-7-arrived");
                other.erase(order);
                assertNothingOf(there);
                host.close();
                other.close();
                host = open(here, "qemu+tcp://here/system");
                other = open(there, "qemu+tcp://there/system");
            }
        }
    }

    private void assertRunsAtMostOnce() {
        var running = List.of(here, there).stream().flatMap(each -> each.domains.values().stream())
                .filter(domain -> domain.state == Flags.STATE_RUNNING).count();
        assertThat(running).isLessThanOrEqualTo(1);
    }
}
