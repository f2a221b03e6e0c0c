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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
import org.reservoir.interfaces.vhi.Nic;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.interfaces.vhi.Progress;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.VeeId;
import org.reservoir.libvirtrpc.Flags;

/** Xen, VMware ESX and VirtualBox, through libvirt's drivers for them: what each tells of itself, and the guests that are written for it. */
class DriversTest {
    private static final VeeId VEE = new VeeId(7);

    /** A driver as libvirt shows it. @param features of its hosts; @param disk bytes that its hosts have for disks */
    private enum Driver {
        XEN("Xen", "xen:///system", Set.of(Feature.CONSOLE), 1L << 40),
        ESX("ESX", "esx://here/", Set.of(), 0),
        VBOX("VBOX", "vbox:///session", Set.of(), 0);

        private final String type;
        private final String uri;
        private final Set<Feature> features;
        private final long disk;

        Driver(String type, String uri, Set<Feature> features, long disk) {
            this.type = type;
            this.uri = uri;
            this.features = features;
            this.disk = disk;
        }

        /** What the driver itself told: see README.md beside it. */
        String capabilities() {
            return record(name().toLowerCase(Locale.ROOT) + "-capabilities.xml");
        }
    }

    private static String record(String file) {
        try (InputStream in = DriversTest.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private final FakeLibvirtd libvirtd = new FakeLibvirtd();
    private Optional<LibvirtHost> opened = Optional.empty();

    private LibvirtHost open(Driver driver) {
        libvirtd.type = driver.type;
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
        assertThat(facts.capacity().disk()).as("what we cannot put there is not there for us").isEqualTo(DataSize.bytes(driver.disk));
        assertThat(facts.features()).isEqualTo(driver.features);
    }

    /** Two of four processors, disks on both buses, a CD. @param nics which the proof of Xen's went without: its driver would look for the network */
    private static Guest rich(List<Nic> nics) {
        var size = DataSize.mebibytes(64);
        var cd = new ImageFile("ab".repeat(32), 1000, DataSize.gibibytes(1), "raw");
        var disks = List.of(new Disk(0, new Disk.Content.Blank(), size, Disk.Bus.VIRTIO, false, Optional.empty()),
                new Disk(1, new Disk.Content.Blank(), size, Disk.Bus.IDE, false, Optional.empty()),
                new Disk(2, new Disk.Content.Cd(cd), size, Disk.Bus.CDROM, true, Optional.empty()));
        return new Guest(VEE, "web", 2, 4, Cpus.of(1), DataSize.mebibytes(128), DataSize.mebibytes(256), new Guest.Boot.FromDisk(), disks, nics,
                Map.of("user-data", new byte[1]), false);
    }

    private static String written(Driver driver, Hypervisor hypervisor, String folder, Guest guest) {
        var capabilities = Xml.read(driver.capabilities());
        return new DomainXml(new Site("lab"), hypervisor, Reports.firstOffered(capabilities).orElseThrow(), Reports.architecture(capabilities), folder, false, true).domain(guest, 3);
    }

    /** Whoever changes the words proves the new ones by the driver, as README.md beside the records says. */
    @Test
    void whatIsWrittenForAGuestIsWhatTheDriverTook() {
        var nic = new Nic(0, new NetworkId(5), "02:00:00:00:00:01", List.of("10.0.0.7"), List.of(), false, Optional.empty());
        assertThat(written(Driver.ESX, Hypervisor.ESX, "LocalDS_0", rich(List.of(nic)))).isEqualTo(record("esx-guest.xml").strip());
        assertThat(written(Driver.XEN, Hypervisor.XEN, "/pool", rich(List.of()))).isEqualTo(record("xen-guest.xml").strip());
    }

    @ParameterizedTest
    @EnumSource
    void aGuestIsFullyVirtualisedAndOfTheHostsOwnArchitecture(Driver driver) {
        var domain = Xml.read(written(driver, Hypervisor.of(driver.type), "/pool", guest()));
        assertThat(Xml.textAt(domain, "os", "type")).as("paravirtualised and 32-bit guests are offered first").contains("hvm");
        assertThat(Xml.at(domain, "os", "type").map(type -> type.getAttribute("arch"))).contains("x86_64");
    }

    @Test
    void onXenAGuestBeginsFromAnImage() {
        var image = new ImageFile("ab".repeat(32), 1000, DataSize.gibibytes(1), "qcow2");
        libvirtd.volumes.put("image-%s.ready".formatted(image.digest()), "<volume/>");
        libvirtd.volumes.put("image-%s.qcow2".formatted(image.digest()), "<volume/>");
        var clone = new Disk(0, new Disk.Content.CloneOf(image), DataSize.gibibytes(1), Disk.Bus.VIRTIO, false, Optional.empty());
        open(Driver.XEN).start(order(1), new Guest(VEE, "web", 1, 1, Cpus.of(1), DataSize.mebibytes(128), DataSize.mebibytes(128), new Guest.Boot.FromDisk(), List.of(clone),
                List.of(), Map.of(), false));
        assertThat(libvirtd.domains.values()).extracting(kept -> kept.state).containsExactly(Flags.STATE_RUNNING);
    }

    /** libvirtd does not reach their storage: {@link Hypervisor#storesFiles}. */
    @ParameterizedTest
    @EnumSource(names = {"ESX", "VBOX"})
    void aHostWhoseDisksAreOutOfReachIsLookedAfterAndGivenNothing(Driver driver) {
        var host = open(driver);
        var image = new ImageFile("ab".repeat(32), 1000, DataSize.gibibytes(1), "qcow2");
        failsAs(Kind.UNSUPPORTED, () -> host.ensureImage(image, new TwoFakeHosts.Bytes(new byte[1000]), Progress.UNHEARD));
        failsAs(Kind.UNSUPPORTED, () -> host.prepare(order(1), guest()));
        failsAs(Kind.UNSUPPORTED, () -> host.start(order(2), guest()));
        host.withdraw(order(3));
        host.erase(order(4));
        assertThat(libvirtd.domains).isEmpty();
        var theirs = libvirtd.dial().define("<domain><name>theirs</name><uuid>00000000-0000-0000-0000-000000000001</uuid></domain>");
        libvirtd.dial().create(theirs, 0);
        assertThat(host.census().strangers()).singleElement().satisfies(seen -> assertThat(seen.uses().memory()).isEqualTo(DataSize.mebibytes(64)));
        assertThat(host.reading().diskFree()).isEqualTo(DataSize.ZERO);
        assertThat(host.cachedImages()).isEmpty();
        host.leave();
    }

    /** The free memory is asked for where there are no statistics of it. */
    @ParameterizedTest
    @EnumSource
    void aHostTellsHowMuchOfItsMemoryIsFree(Driver driver) {
        assertThat(open(driver).reading().memoryFree()).isEqualTo(DataSize.gibibytes(3));
    }

    /** Guests are told of one by one. */
    @Test
    void aGuestLivesOnXenAndLeavesNothingBehind() {
        var host = open(Driver.XEN);
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
