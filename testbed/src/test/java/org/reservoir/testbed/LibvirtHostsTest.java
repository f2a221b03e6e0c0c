package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.testbed.Guest.eventually;
import static org.reservoir.testbed.Guest.virsh;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The testbed's promises, kept with real libvirt, real QEMU and the real guest. */
@Tag("real")
class LibvirtHostsTest {
    private static final Duration BOOT = Duration.ofSeconds(90);
    private static GuestImage image;
    private static LibvirtHosts hosts;

    @BeforeAll
    static void makeHosts() {
        image = GuestImage.build();
        hosts = LibvirtHosts.up(2);
    }

    @AfterAll
    static void removeHosts() {
        hosts.close();
    }

    @AfterEach
    void destroyGuests() {
        for (TestHost host : hosts.hosts()) {
            virsh(host, "list", "--name").lines().filter(name -> !name.isBlank()).forEach(name -> virsh(host, "destroy", name));
        }
    }

    private static Guest booted(String name, TestHost host) {
        Guest guest = Guest.start(name, host, image);
        eventually(BOOT, name + " answers", () -> guest.get("/health").equals("ok"));
        return guest;
    }

    @Test
    void eachHostHasItsOwnNameAndLibvirtd() {
        assertThat(hosts.hosts()).hasSize(2).allSatisfy(host -> assertThat(virsh(host, "hostname")).isEqualTo(host.name()));
        assertThat(hosts.host(1).run("getent", "hosts", hosts.host(2).name())).startsWith(hosts.host(2).address());
    }

    @Test
    void aGuestTakesItsNameAndAddressFromTheSeedAndAnswersOverHttp() {
        Guest guest = booted("seeded", hosts.host(1));
        assertThat(guest.get("/")).contains("Hello from seeded", "role web", "host name seeded-node");
        assertThat(guest.get("/seed")).isEqualTo("<Environment/>");
        assertThat(guest.get("/load")).isEqualTo("7");
        assertThat(guest.get("/load?level=80")).isEqualTo("80");
        assertThat(guest.get("/load?level=rm")).contains("must be a number");
        assertThat(guest.hear("KPI load 80")).contains("KPI requests");
    }

    @Test
    void aGuestSpeaksAndSpeaksAgainToEveryNewListener() {
        Guest guest = Guest.start("speaking", hosts.host(1), image);
        assertThat(guest.hear("KPI cpu")).contains("HELLO speaking it's secret\n", "KPI load 7\n");
        for (int time = 0; time < 3; time++) {
            assertThat(guest.hear("READY\n")).contains("HELLO speaking it's secret\nREADY\n");
        }
    }

    @Test
    void aGuestObeysThePowerButton() {
        Guest guest = booted("obedient", hosts.host(2));
        eventually(BOOT, "it hears its button", () -> guest.get("/button").equals("ok"));
        virsh(guest.host(), "shutdown", "obedient");
        eventually(BOOT, "the guest is off", () -> !guest.runs());
    }

    @Test
    void aGuestMovesLiveWithItsDiskAndGoesOnWhereItWas() {
        Guest guest = booted("moving", hosts.host(1));
        eventually(BOOT, "its load is turned up", () -> guest.get("/load?level=33").equals("33"));
        Guest.makeDisk("moving", hosts.host(2), image);
        Guest.makeSeed("moving", hosts.host(2));
        hosts.host(2).run("sh", "-c", "ip link add brt type bridge 2>/dev/null || exit 0; ip addr add 192.168.200.1/24 dev brt; ip link set brt up");
        virsh(guest.host(), "migrate", "--live", "--copy-storage-inc", "moving", hosts.host(2).uri());
        Guest moved = new Guest("moving", hosts.host(2));
        assertThat(moved.runs()).isTrue();
        assertThat(guest.runs()).isFalse();
        assertThat(moved.hear("KPI load 33")).as("what it was told before it moved").contains("HELLO moving");
        eventually(BOOT, "it answers at its new place", () -> moved.get("/load").equals("33"));
    }

    @Test
    void aKilledLibvirtdIsGoneUntilRestartedAndFindsItsGuestAgain() {
        Guest guest = booted("surviving", hosts.host(1));
        hosts.host(1).kill();
        assertThatThrownBy(guest::runs).hasMessageContaining("ended with");
        hosts.host(1).restart();
        assertThat(guest.runs()).isTrue();
        eventually(BOOT, "it answers", () -> guest.get("/health").equals("ok"));
    }

    @Test
    void aHungLibvirtdAnswersNobodyUntilItGoesOn() {
        TestHost host = hosts.host(2);
        host.hang();
        try {
            assertThatThrownBy(() -> Command.of(Duration.ofSeconds(2), "virsh", "-c", host.uri(), "hostname").output()).hasMessageContaining("did not end");
        } finally {
            host.resume();
        }
        assertThat(virsh(host, "hostname")).isEqualTo(host.name());
    }

    @Test
    void aCutNetworkIsOneWhereNothingArrives() {
        TestHost host = hosts.host(2);
        host.cutNetwork();
        try {
            assertThatThrownBy(() -> Command.of(Duration.ofSeconds(2), "virsh", "-c", host.uri(), "hostname").output()).hasMessageContaining("did not end");
            assertThat(virsh(host.socketUri(), "hostname")).isEqualTo(host.name());
        } finally {
            host.mendNetwork();
        }
        eventually(BOOT, "the network is back", () -> virsh(host, "hostname").equals(host.name()));
    }

    @Test
    void aRebootTakesTheGuestsAndLeavesTheFiles() {
        Guest guest = Guest.start("doomed", hosts.host(2), image);
        hosts.host(2).reboot();
        assertThat(guest.runs()).isFalse();
        assertThat(hosts.host(2).images().resolve("doomed.qcow2")).exists();
    }

    @Test
    void twoRunsStandSideBySideAndAClosedOneLeavesNothing() {
        Path directory;
        try (LibvirtHosts others = LibvirtHosts.up(1); LibvirtHosts here = LibvirtHosts.onThisMachine()) {
            directory = others.host(1).directory();
            assertThat(virsh(others.host(1), "hostname")).isEqualTo(others.host(1).name());
            assertThat(virsh(here.host(1).socketUri(), "hostname")).isEqualTo(here.host(1).name());
            assertThat(virsh(hosts.host(1), "hostname")).isEqualTo(hosts.host(1).name());
        }
        assertThat(Files.exists(directory.getParent())).isFalse();
        assertThat(Command.of(Duration.ofSeconds(5), "ip", "netns", "list").output()).doesNotContain("rvt-" + directory.getParent().getFileName());
    }
}
