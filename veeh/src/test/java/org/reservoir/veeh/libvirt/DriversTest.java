package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Element;

import org.reservoir.interfaces.vhi.Census;
import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostFacts.Acceleration;
import org.reservoir.interfaces.vhi.HostFacts.Feature;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.interfaces.vhi.Migration;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.interfaces.vhi.Progress;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.VeeId;

/** Xen, VMware ESX and VirtualBox, through libvirt's drivers for them: what each tells of itself, and the guests that are written for it. */
class DriversTest {
    private static final VeeId VEE = new VeeId(7);

    /** A driver as libvirt shows it. @param disk device and bus of a first disk; @param format of a blank disk's volume */
    private enum Driver {
        XEN("Xen", "xen:///system", "xen", "xvda xen", "qcow2"),
        ESX("ESX", "esx://here/", "vmware", "sda scsi", "vmdk"),
        VBOX("VBOX", "vbox:///session", "vbox", "sda sata", "vdi");

        private final String type;
        private final String uri;
        private final String domain;
        private final String disk;
        private final String format;

        Driver(String type, String uri, String domain, String disk, String format) {
            this.type = type;
            this.uri = uri;
            this.domain = domain;
            this.disk = disk;
            this.format = format;
        }

        String capabilities() {
            try (InputStream in = DriversTest.class.getResourceAsStream(name().toLowerCase(java.util.Locale.ROOT) + "-capabilities.xml")) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException broken) {
                throw new IllegalStateException(broken);
            }
        }
    }

    private final FakeLibvirtd libvirtd = new FakeLibvirtd();
    private Optional<LibvirtHost> opened = Optional.empty();

    private LibvirtHost open(Driver driver) {
        libvirtd.type = driver.type;
        libvirtd.poor = true;
        libvirtd.capabilities = driver.capabilities();
        assertThat(new LibvirtHosts("lab").takes(driver.uri)).isTrue();
        opened = Optional.of(LibvirtHost.open(driver.uri, new Site("lab"), Map.of(), InstantSource.fixed(Instant.EPOCH), libvirtd::dial));
        return opened.get();
    }

    @AfterEach
    void close() {
        opened.ifPresent(LibvirtHost::close);
    }

    private static Order order(long generation) {
        return new Order(VEE, generation, Duration.ofSeconds(10));
    }

    private static Guest guest() {
        var disk = new Disk(0, new Disk.Content.Blank(), DataSize.bytes(1000), Disk.Bus.VIRTIO, false, Optional.empty());
        return new Guest(VEE, "web", 1, 4, Cpus.of(1), DataSize.mebibytes(128), DataSize.mebibytes(256), new Guest.Boot.FromDisk(), List.of(disk), List.of(),
                Map.of("user-data", new byte[1]), false);
    }

    @ParameterizedTest
    @EnumSource
    void aHostTellsWhatItIsAndWhatItCannot(Driver driver) {
        var facts = open(driver).facts();
        assertThat(facts.hypervisor()).isEqualTo(driver.type + " 7.2.22");
        assertThat(facts.architecture()).isEqualTo("x86_64");
        assertThat(facts.acceleration()).isEqualTo(Acceleration.NATIVE);
        assertThat(facts.capacity().cpu()).isEqualTo(Cpus.of(4));
        assertThat(facts.capacity().memory()).isEqualTo(DataSize.gibibytes(1));
        assertThat(facts.features()).isEqualTo(Set.of(Feature.SNAPSHOTS));
    }

    @ParameterizedTest
    @EnumSource
    void aGuestIsWrittenInTheWordsOfTheHost(Driver driver) {
        open(driver).prepare(order(1), guest());
        var domain = Xml.read(libvirtd.domains.values().iterator().next().xml);
        assertThat(domain.getAttribute("type")).isEqualTo(driver.domain);
        assertThat(Xml.textAt(domain, "os", "type")).as("paravirtualised and 32-bit guests are offered first").contains("hvm");
        assertThat(Xml.at(domain, "os", "type").map(type -> type.getAttribute("arch"))).contains("x86_64");
        assertThat(Xml.at(domain, "devices", "disk", "target").map(target -> target.getAttribute("dev") + " " + target.getAttribute("bus"))).contains(driver.disk);
        assertThat(Xml.at(domain, "devices").stream().flatMap(devices -> Xml.children(devices, "channel").stream()).map(Element::getTagName)).as("what only QEMU has").isEmpty();
        assertThat(Xml.at(domain, "devices", "memballoon")).isEmpty();
        assertThat(Xml.at(domain, "devices", "disk", "driver").map(written -> written.getAttribute("type"))).isEqualTo(Optional.of("qcow2").filter(driver.format::equals));
        assertThat(Xml.at(Xml.read(libvirtd.volumes.get("lab-vee-7-disk-0.qcow2")), "target", "format").map(format -> format.getAttribute("type"))).contains(driver.format);
    }

    @ParameterizedTest
    @EnumSource
    void onlyWhereClonesCanBeMadeDoesAGuestBeginFromAnImage(Driver driver) {
        var image = new ImageFile("ab".repeat(32), 1000, DataSize.gibibytes(1), "qcow2");
        libvirtd.volumes.put("image-%s.ready".formatted(image.digest()), "<volume/>");
        libvirtd.volumes.put("image-%s.qcow2".formatted(image.digest()), "<volume/>");
        var clone = new Disk(0, new Disk.Content.CloneOf(image), DataSize.gibibytes(1), Disk.Bus.VIRTIO, false, Optional.empty());
        var guest = new Guest(VEE, "web", 1, 1, Cpus.of(1), DataSize.mebibytes(128), DataSize.mebibytes(128), new Guest.Boot.FromDisk(), List.of(clone), List.of(), Map.of(), false);
        var host = open(driver);
        if (driver == Driver.XEN) {
            host.start(order(1), guest);
        } else {
            failsAs(Kind.UNSUPPORTED, () -> host.prepare(order(1), guest));
            assertThat(libvirtd.domains).isEmpty();
        }
    }

    /** Guests are told of one by one, and the host keeps no note of the orders it took. */
    @ParameterizedTest
    @EnumSource
    void aGuestLivesThereAndLeavesNothingBehind(Driver driver) {
        var host = open(driver);
        host.start(order(5), guest());
        assertThat(host.census().ours()).extracting(Census.Sighting::vee, Census.Sighting::state).containsExactly(tuple(VEE, GuestState.RUNNING));
        assertThat(host.reading().guests()).singleElement().satisfies(seen -> assertThat(seen.running()).isTrue());
        assertThat(host.figures(VEE, Duration.ofSeconds(5)).values()).containsEntry("memory", DataSize.mebibytes(64).bytes());
        failsAs(Kind.STALE_ORDER, () -> host.shutdown(order(4), true));
        host.shutdown(order(6), true);
        host.erase(order(7));
        failsAs(Kind.STALE_ORDER, () -> host.start(order(6), guest()));
        assertThat(libvirtd.domains).isEmpty();
        assertThat(libvirtd.volumes.keySet()).allMatch(name -> name.startsWith("host-"));
        host.prepare(order(8), guest());
        host.withdraw(order(9));
        assertThat(libvirtd.domains).isEmpty();
        assertThat(libvirtd.volumes.keySet()).allMatch(name -> name.startsWith("host-"));
    }

    @ParameterizedTest
    @EnumSource
    void aGuestDoesNotMoveBetweenHostsOfAKindThatCannot(Driver driver) {
        var host = open(driver);
        var qemu = new FakeLibvirtd();
        try (var other = LibvirtHost.open("qemu+tcp://there/system", new Site("lab"), Map.of(), InstantSource.fixed(Instant.EPOCH), qemu::dial)) {
            assertThat(host.canMigrateTo(other)).isFalse();
            failsAs(Kind.UNSUPPORTED, () -> host.migrate(order(1), guest(), other, Migration.LIVE, Progress.UNHEARD));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHostWhoseProcessorsCannotVirtualiseIsNoHost(Driver driver) {
        var host = open(driver);
        libvirtd.capabilities = driver.capabilities().replaceAll("(?s)<guest>\\s*<os_type>hvm.*?</guest>", "");
        failsAs(Kind.UNSUPPORTED, host::facts);
    }

    private static void failsAs(Kind kind, Runnable act) {
        assertThatThrownBy(act::run).isInstanceOfSatisfying(HostFailure.class, failure -> assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(kind));
    }
}
