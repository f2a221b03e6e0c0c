package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.reservoir.interfaces.vhi.Census;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Migration;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.interfaces.vhi.Progress;

/** Two hosts with one folder: what is removed at one must not be missing at the other, whether or not anybody has said that they share it. */
class SharedStorageTest {
    private static final String DISK = "lab-vee-7-disk-0.qcow2";

    private final FakeLibvirtd here = new FakeLibvirtd().called("5b1b6a3e-0000-4000-8000-000000000001");
    private final FakeLibvirtd there = new FakeLibvirtd(here).called("5b1b6a3e-0000-4000-8000-000000000002");
    private long generation;
    private LibvirtHost host;
    private LibvirtHost other;

    private Order next() {
        return TwoFakeHosts.order(++generation);
    }

    private void open(Map<String, String> options) {
        TwoFakeHosts.cache(here);
        host = LibvirtHost.open("qemu+tcp://here/system", new Site("lab"), options, InstantSource.fixed(Instant.EPOCH), here::dial);
        other = LibvirtHost.open("qemu+tcp://there/system", new Site("lab"), options, InstantSource.fixed(Instant.EPOCH), there::dial);
    }

    @AfterEach
    void close() {
        host.close();
        other.close();
    }

    @Test
    void aGuestMovesWithoutItsFilesAndWhatIsRemovedBehindItLeavesThem() {
        for (var options : List.of(Map.of("storage", "nas"), Map.<String, String>of())) {
            open(options);
            for (boolean running : new boolean[] {true, false}) {
                lives(running);
                moves(running, host, other);
                host.withdraw(next());
                other.ensureImage(TwoFakeHosts.IMAGE, new TwoFakeHosts.Bytes(TwoFakeHosts.BYTES), Progress.UNHEARD);
                moves(running, other, host);
                other.withdraw(next());
                assertThat(here.files).containsKeys(DISK, "lab-vee-7-seed.iso");
                assertThat(host.census().ours()).extracting(Census.Sighting::state).containsExactly(running ? GuestState.RUNNING : GuestState.SHUT_OFF);
                host.erase(next());
                assertThat(here.files.keySet()).noneMatch(file -> file.startsWith("lab-vee-"));
            }
            close();
            here.files.clear();
            here.volumes.clear();
            there.volumes.clear();
        }
        open(Map.of());
    }

    private void lives(boolean running) {
        host.prepare(next(), TwoFakeHosts.guest());
        here.files.get(DISK)[100] = 7;
        if (running) {
            host.start(next(), TwoFakeHosts.guest());
        }
    }

    private void moves(boolean running, LibvirtHost from, LibvirtHost to) {
        from.migrate(next(), TwoFakeHosts.guest(), to, running ? Migration.LIVE : Migration.COLD, Progress.UNHEARD);
        assertThat(from.census().ours()).isEmpty();
        assertThat(from.census().remains()).isEmpty();
        assertThat(here.files.get(DISK)[100]).as("the very disk").isEqualTo((byte) 7);
    }

    @Test
    void whatIsErasedAtTheHostOfTheGuestGoesAlsoWhenAnotherHadMadeIt() {
        open(Map.of("storage", "nas"));
        lives(true);
        host.withdraw(next());
        assertThat(here.domains).isEmpty();
        assertThat(here.files).containsKey(DISK);
        other.erase(next());
        assertThat(here.files.keySet()).noneMatch(file -> file.startsWith("lab-vee-"));
    }

    /** Somebody calls the storage of both by one name, and it is not one. */
    @Test
    void aGuestStaysWhereItsDisksAreWhenTheOtherHostDoesNotSeeThem() {
        open(Map.of("storage", "nas"));
        lives(false);
        var stranger = new FakeLibvirtd();
        TwoFakeHosts.cache(stranger);
        try (var elsewhere = LibvirtHost.open("qemu+tcp://elsewhere/system", new Site("lab"), Map.of("storage", "nas"), InstantSource.fixed(Instant.EPOCH), stranger::dial)) {
            TwoFakeHosts.failsAs(Kind.REFUSED, () -> host.migrate(next(), TwoFakeHosts.guest(), elsewhere, Migration.COLD, Progress.UNHEARD));
            assertThat(stranger.domains).isEmpty();
            assertThat(here.domains).hasSize(1);
            assertThat(here.files).containsKey(DISK);
        }
    }

    /** Somebody looked while it was away, and libvirt has stopped its pool. */
    @Test
    void aFolderThatWasAwayIsTakenUpAgain() {
        open(Map.of("storage", "nas"));
        lives(true);
        here.meanwhile = call -> {
            if (call.equals("refreshPool") && !here.calls.contains("resumePool")) {
                throw new HostFailure(Kind.UNSUPPORTED, "Requested operation is not valid: storage pool 'reservoir' is not active");
            }
        };
        host.erase(next());
        assertThat(here.calls).contains("resumePool");
        assertThat(here.files.keySet()).noneMatch(file -> file.startsWith("lab-vee-"));
    }

    /** libvirt goes on listing what another host has taken away since. */
    @Test
    void anImageIsDroppedByAHostThatHasNotSeenWhatTheOtherTookAway() {
        open(Map.of("storage", "nas"));
        lives(true);
        other.census();
        host.erase(next());
        assertThat(there.volumes).containsKey(DISK);
        assertThat(other.dropImage(TwoFakeHosts.IMAGE.digest())).isTrue();
        assertThat(here.files).doesNotContainKey("image-%s.qcow2".formatted(TwoFakeHosts.IMAGE.digest()));
    }

    @Test
    void onAFolderOfItsOwnNothingIsLeftOfAGuestThatIsWithdrawn() {
        open(Map.of());
        lives(true);
        host.withdraw(next());
        assertThat(here.files.keySet()).noneMatch(file -> file.startsWith("lab-vee-"));
    }
}
