package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.reservoir.interfaces.vhi.HostAddress;
import org.reservoir.interfaces.vhi.Progress;

/** A host that a site takes and gives up is as it was before; and which host it is, whatever address it is reached by. */
class GivenUpHostTest {
    private final FakeLibvirtd libvirtd = new FakeLibvirtd().called("5b1b6a3e-0000-4000-8000-000000000001");
    private Optional<LibvirtHost> host = Optional.empty();

    private LibvirtHost open(Map<String, String> options) {
        var opened = LibvirtHost.open("qemu+tcp://here/system", new Site("lab"), options, InstantSource.fixed(Instant.EPOCH), libvirtd::dial);
        host = Optional.of(opened);
        return opened;
    }

    @AfterEach
    void close() {
        host.ifPresent(LibvirtHost::close);
    }

    @Test
    void thePoolThatWasDefinedForItGoesWithItsFolderOnceItIsEmpty() {
        libvirtd.pool = Optional.empty();
        var given = open(Map.of());
        given.ensureImage(TwoFakeHosts.IMAGE, new TwoFakeHosts.Bytes(TwoFakeHosts.BYTES), Progress.UNHEARD);
        given.leave();
        assertThat(libvirtd.pool).as("an image lies in it").isPresent();
        given.dropImage(TwoFakeHosts.IMAGE.digest());
        given.leave();
        assertThat(libvirtd.pool).isEmpty();
        assertThat(libvirtd.volumes).isEmpty();
        assertThat(libvirtd.calls).containsSubsequence("stopPool", "deletePool", "undefinePool");
        given.leave(); // again, after a crash in the middle
    }

    @Test
    void aFolderThatSomebodyNamedStays() {
        libvirtd.pool = Optional.empty();
        open(Map.of("folder", "/srv/guests")).leave();
        assertThat(libvirtd.pool).isEmpty();
        assertThat(libvirtd.calls).doesNotContain("deletePool");
    }

    @Test
    void aPoolThatSomebodyElseDefinedStays() {
        open(Map.of()).leave();
        assertThat(libvirtd.pool).isPresent();
        assertThat(libvirtd.calls).doesNotContain("stopPool", "undefinePool");
    }

    @Test
    void aPoolFromBeforePoolsHadOurUuidGoesAsWellOnceItIsEmpty() {
        libvirtd.pool = Optional.of("<pool type='dir'><name>reservoir</name><uuid>5b1b6a3e-0000-4000-8000-00000000000f</uuid><target><path>/var/lib/libvirt/reservoir</path></target></pool>");
        var given = open(Map.of());
        libvirtd.files.put("holiday.iso", new byte[0]);
        given.leave();
        assertThat(libvirtd.pool).isPresent();
        libvirtd.files.clear();
        libvirtd.volumes.clear();
        open(Map.of("folder", "/var/lib/libvirt/reservoir")).leave();
        assertThat(libvirtd.pool).as("somebody has named its folder").isPresent();
        given.leave();
        assertThat(libvirtd.pool).isEmpty();
    }

    @Test
    void aPoolInWhichFilesOfOthersLieStays() {
        libvirtd.pool = Optional.empty();
        var given = open(Map.of());
        libvirtd.files.put("holiday.iso", new byte[0]); // which this libvirtd has not seen yet
        given.leave();
        assertThat(libvirtd.pool).isPresent();
    }

    @Test
    void whatOtherMachinesKeepInTheSameFolderStaysThereAndThePoolGoes() {
        libvirtd.pool = Optional.empty();
        var given = open(Map.of());
        TwoFakeHosts.cache(libvirtd);
        given.prepare(TwoFakeHosts.order(1), TwoFakeHosts.guest());
        var others = List.of("host-5b1b6a3e-0000-4000-8000-000000000002", "lab-vee-9-disk-0.qcow2");
        others.forEach(file -> libvirtd.files.put(file, new byte[0]));
        given.leave();
        assertThat(libvirtd.pool).as("a guest has its disk in it").isPresent();
        given.erase(TwoFakeHosts.order(2));
        given.leave();
        assertThat(libvirtd.pool).isEmpty();
        assertThat(libvirtd.files.keySet()).filteredOn(file -> !file.startsWith("image-")).containsExactlyInAnyOrderElementsOf(others);
        assertThat(libvirtd.calls).doesNotContain("deletePool");
    }

    /** Another site gave the host up, or somebody tidied up. */
    @Test
    void aPoolThatIsTakenAwayIsMadeAnewAtTheNextCensusButNotOfAHostThatIsGivenUp() {
        libvirtd.pool = Optional.empty();
        var given = open(Map.of());
        libvirtd.pool = Optional.empty();
        given.census();
        assertThat(libvirtd.pool).isPresent();
        given.leave();
        given.census();
        assertThat(libvirtd.pool).isEmpty();
    }

    @Test
    void aHostIsTheSameByWhicheverAddressItIsReached() {
        var driver = new LibvirtHosts("lab", InstantSource.system(), _ -> libvirtd.dial());
        var there = new LibvirtHosts("lab", InstantSource.system(), _ -> new FakeLibvirtd().called("5b1b6a3e-0000-4000-8000-000000000002").dial());
        var nobody = new LibvirtHosts("lab", InstantSource.system(), _ -> new FakeLibvirtd().dial());
        var local = driver.identity(new HostAddress("qemu:///system", Map.of()));
        assertThat(local).isPresent().isEqualTo(driver.identity(new HostAddress("qemu+unix:///system?socket=/run/x", Map.of()))).isEqualTo(driver.identity(new HostAddress("qemu+ssh://root@here/system", Map.of())));
        assertThat(there.identity(new HostAddress("qemu+tcp://there/system", Map.of()))).isPresent().isNotEqualTo(local);
        assertThat(driver.identity(new HostAddress("qemu:///session", Map.of()))).as("each user has one of his own").isEmpty();
        assertThat(nobody.identity(new HostAddress("qemu:///system", Map.of()))).as("it says nothing of its machine").isEmpty();
        assertThat(libvirtd.calls).doesNotContain("definePool", "startPool");
        assertThat(libvirtd.connections).allMatch(connection -> !connection.isOpen());
    }
}
