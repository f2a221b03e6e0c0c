package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

import org.reservoir.interfaces.vhi.*;
import org.reservoir.interfaces.vhi.HostNetwork.Entry;
import org.reservoir.interfaces.vhi.HostNetwork.Reach;
import org.reservoir.interfaces.vhi.HostNetwork.Subnet;
import org.reservoir.interfaces.vhi.TrafficFilter.Direction;
import org.reservoir.interfaces.vhi.TrafficFilter.Ports;
import org.reservoir.interfaces.vhi.TrafficFilter.Protocol;
import org.reservoir.interfaces.vhi.TrafficFilter.Rule;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.kernel.VeeId;

/** What is written for libvirt; that libvirt takes it is shown with a real one. */
class GuestXmlTest {
    private static final Site SITE = new Site("lab");
    private static final ImageFile IMAGE = new ImageFile("ab".repeat(32), 1000, DataSize.gibibytes(1), "raw");
    private static final ImageFile CD = new ImageFile("cd".repeat(32), 1000, DataSize.mebibytes(1), "raw");

    @Test
    void aGuestSaysWhoseItIsAndWhichOrderItTookLast() {
        var domain = domain(Hypervisor.QEMU, "kvm", guest("web"));
        assertThat(Xml.textAt(domain, "name")).contains("reservoir-lab-vee-7");
        var mark = Xml.at(domain, "metadata", "vee").orElseThrow();
        assertThat(mark.getNamespaceURI()).isEqualTo(Site.NAMESPACE);
        assertThat(mark.getAttribute("site") + mark.getAttribute("id") + mark.getAttribute("generation")).isEqualTo("lab712");
        assertThat(SITE.uuid(new VeeId(7))).isEqualTo(new Site("lab").uuid(new VeeId(7))).isNotEqualTo(new Site("other").uuid(new VeeId(7)));
    }

    @Test
    void whateverPeopleWriteStaysText() {
        var nasty = "a'\"<&>]]>\u0001\n</title><devices>\uD83D\uDE00";
        assertThat(Xml.textAt(domain(Hypervisor.QEMU, "qemu", guest(nasty)), "title")).contains("a'\"<&>]]> </title><devices>\uD83D\uDE00");
        var kernel = new Guest.Boot.FromKernel(IMAGE, Optional.of(CD), "console=ttyS0 x=<&>\"");
        assertThat(Xml.textAt(domain(Hypervisor.QEMU, "qemu", booting(kernel)), "os", "cmdline")).contains("console=ttyS0 x=<&>\"");
    }

    @Test
    void eachHypervisorIsAddressedInItsOwnWords() {
        record Row(Hypervisor hypervisor, String type, String disk, String bus, String nic, boolean voice, boolean cpu) {}
        for (var row : List.of(new Row(Hypervisor.QEMU, "kvm", "vda", "virtio", "virtio", true, true),
                new Row(Hypervisor.QEMU, "qemu", "vda", "virtio", "virtio", true, false),
                new Row(Hypervisor.TEST, "test", "vda", "virtio", "virtio", true, false),
                new Row(Hypervisor.XEN, "xen", "xvda", "xen", "netfront", false, false),
                new Row(Hypervisor.ESX, "vmware", "sda", "scsi", "vmxnet3", false, false),
                new Row(Hypervisor.VBOX, "vbox", "sda", "sata", "82540EM", false, false))) {
            var domain = domain(row.hypervisor, row.type, guest("web"));
            var target = Xml.at(domain, "devices", "disk", "target").orElseThrow();
            assertThat(domain.getAttribute("type")).isEqualTo(row.type);
            assertThat(target.getAttribute("dev")).as(row.toString()).isEqualTo(row.disk);
            assertThat(target.getAttribute("bus")).as(row.toString()).isEqualTo(row.bus);
            assertThat(Xml.at(domain, "devices", "interface", "model").orElseThrow().getAttribute("type")).isEqualTo(row.nic);
            assertThat(Xml.at(domain, "devices", "channel").isPresent()).as(row.toString()).isEqualTo(row.voice);
            assertThat(Xml.at(domain, "cpu").isPresent()).as(row.toString()).isEqualTo(row.cpu);
        }
    }

    @Test
    void aCloneNamesItsWholeBackingChain() {
        var disk = Xml.at(domain(Hypervisor.QEMU, "qemu", guest("web")), "devices", "disk").orElseThrow();
        assertThat(Xml.at(disk, "source").orElseThrow().getAttribute("file")).isEqualTo("/pool/lab-vee-7-disk-0.qcow2");
        assertThat(Xml.at(disk, "backingStore", "source").orElseThrow().getAttribute("file")).isEqualTo("/pool/image-%s.raw".formatted("ab".repeat(32)));
        assertThat(Xml.at(disk, "backingStore", "format").orElseThrow().getAttribute("type")).isEqualTo("raw");
        assertThat(Xml.at(disk, "backingStore", "backingStore")).isPresent();
        assertThat(Xml.textAt(disk, "iotune", "total_iops_sec")).contains("100");
    }

    @Test
    void noTwoDisksShareAName() {
        var domain = domain(Hypervisor.QEMU, "qemu", guest("web"));
        var names = Xml.children(Xml.at(domain, "devices").orElseThrow(), "disk").stream()
                .map(disk -> Xml.at(disk, "target").orElseThrow().getAttribute("dev")).toList();
        assertThat(names).containsExactly("vda", "hda", "hdb", "sdc", "hdd");
    }

    @Test
    void aPortForwardedFromAnywhereIsOpenInBothFamilies() {
        var filter = new TrafficFilter(new SecurityGroupId(3), "web", List.of(
                new Rule(Direction.IN, Protocol.TCP, Optional.empty(), Optional.of(new Ports(80, 81))),
                new Rule(Direction.OUT, Protocol.ALL, Optional.of("10.0.0.0/8"), Optional.empty())));
        var xml = Xml.read(new FilterXml(SITE).group(filter));
        assertThat(Xml.children(xml, "rule")).extracting(rule -> rule.getAttribute("direction") + " " + Xml.children(rule, "*").getFirst().getNodeName())
                .containsExactly("in tcp", "in tcp-ipv6", "out all");
        assertThat(Xml.at(xml, "rule", "tcp").orElseThrow().getAttribute("dstportend")).isEqualTo("81");
        assertThat(Xml.at(Xml.children(xml, "rule").get(2), "all").orElseThrow().getAttribute("dstipmask")).isEqualTo("8");
    }

    @Test
    void aGuardedNicMayOnlySpeakForItself() {
        var xml = new FilterXml(SITE).nic(new VeeId(7), guest("web").nic(0));
        assertThat(xml).contains("srcmacaddr=\"02:00:00:00:00:07\"", "arpsrcipaddr=\"10.0.0.7\"", "srcipaddr=\"fd00::7\"",
                "filterref filter=\"reservoir-lab-secgroup-3\"");
        assertThat(Xml.children(Xml.read(xml), "rule")).filteredOn(rule -> rule.getAttribute("direction").equals("inout"))
                .as("libvirt ignores inout where a type of ICMP is given").allSatisfy(rule -> assertThat(Xml.at(rule, "icmpv6")).isEmpty());
    }

    @Test
    void aNetworkReadsBackAsItWasWritten() {
        var entry = new Entry("02:00:00:00:00:07", "10.0.0.7", "web");
        var network = new HostNetwork(new NetworkId(3), "net", "rsv3", 1450, Reach.NAT, List.of(new Subnet("10.0.0.0/24", Optional.of("10.0.0.1")),
                new Subnet("fd00::/64", Optional.of("fd00::1"))), true, List.of(entry), Optional.empty());
        var shape = NetworkXml.shape(new NetworkXml(SITE).network(network));
        assertThat(shape).isEqualTo(new NetworkXml.Shape("nat rsv3 1450 10.0.0.1/24 fd00::1/64 ", Set.of(entry)));
    }

    @Test
    void noGuestMakesUpAnIpv6AddressOfItsOwnAlsoWhereNobodyAsksForOne() {
        var network = new HostNetwork(new NetworkId(3), "net", "rsv3", 1450, Reach.NAT, List.of(new Subnet("10.0.0.0/24", Optional.of("10.0.0.1")),
                new Subnet("fd00::/64", Optional.of("fd00::1"))), false, List.of(), Optional.empty());
        var ips = Xml.children(Xml.read(new NetworkXml(SITE).network(network)), "ip");
        assertThat(Xml.at(ips.getFirst(), "dhcp")).as("of IPv4").isEmpty();
        assertThat(Xml.at(ips.getLast(), "dhcp", "host")).hasValueSatisfying(host -> assertThat(host.getAttribute("ip")).isEqualTo("fd00::1"));
    }

    @Test
    void tellsWhetherAnAddressLiesInASubnet() {
        record Row(String address, String cidr, boolean within) {}
        for (var row : List.of(new Row("10.0.0.7", "10.0.0.0/24", true), new Row("10.0.1.7", "10.0.0.0/24", false), new Row("10.0.1.7", "10.0.0.0/23", true),
                new Row("fd00::7", "10.0.0.0/24", false), new Row("fd00::7", "fd00::/64", true), new Row("fd00:0:0:1::7", "fd00::/64", false))) {
            assertThat(NetworkXml.within(row.address, new Subnet(row.cidr, Optional.empty()))).as(row.toString()).isEqualTo(row.within);
        }
    }

    @Test
    void findsItsOwnAmongTheThingsOfOthers() {
        assertThat(SITE.veeOfDomain("reservoir-lab-vee-12")).contains(new VeeId(12));
        for (var foreign : List.of("reservoir-lab2-vee-12", "reservoir-lab-vee-", "reservoir-lab-vee-0", "reservoir-lab-vee-1x", "web")) {
            assertThat(SITE.veeOfDomain(foreign)).as(foreign).isEmpty();
        }
        assertThat(SITE.veeOfVolume("lab-vee-7-disk-0.qcow2")).contains(new VeeId(7));
        assertThat(SITE.veeOfVolume("lab-vee-77-seed.iso")).contains(new VeeId(77));
        assertThat(new Site("a-lab").veeOfVolume("lab-vee-7-disk-0.qcow2")).isEmpty();
        assertThat(SITE.veeOfVolume("lab-vee-7-vee-7-disk-0.qcow2")).isEmpty();
        assertThat(SITE.veeOfFilter(SITE.filter(new VeeId(7), 12))).contains(new VeeId(7));
        for (var foreign : List.of("reservoir-lab-secgroup-3", "reservoir-a-lab-vee-7-nic-0", "reservoir-lab-vee-7", "clean-traffic")) {
            assertThat(SITE.veeOfFilter(foreign)).as(foreign).isEmpty();
        }
    }

    private static Element domain(Hypervisor hypervisor, String type, Guest guest) {
        return Xml.read(new DomainXml(SITE, hypervisor, type, "x86_64", "/pool", true, true).domain(guest, 12));
    }

    private static Guest guest(String name) {
        return guest(name, new Guest.Boot.FromDisk());
    }

    private static Guest booting(Guest.Boot boot) {
        return guest("web", boot);
    }

    private static Guest guest(String name, Guest.Boot boot) {
        var disks = List.of(
                new Disk(0, new Disk.Content.CloneOf(IMAGE), DataSize.gibibytes(1), Disk.Bus.VIRTIO, false, Optional.of(new Disk.IoLimits(100, 0))),
                new Disk(4, new Disk.Content.Blank(), DataSize.gibibytes(1), Disk.Bus.IDE, false, Optional.empty()),
                new Disk(1, new Disk.Content.Cd(CD), DataSize.mebibytes(1), Disk.Bus.CDROM, true, Optional.empty()),
                new Disk(2, new Disk.Content.Blank(), DataSize.gibibytes(1), Disk.Bus.SCSI, false, Optional.empty()));
        var nic = new Nic(0, new NetworkId(3), "02:00:00:00:00:07", List.of("10.0.0.7", "fd00::7"), List.of(new SecurityGroupId(3)), true,
                Optional.of(new Nic.Bandwidth(1000, 0)));
        return new Guest(new VeeId(7), name, 1, 2, Cpus.of(1), DataSize.mebibytes(128), DataSize.mebibytes(256), boot, disks, List.of(nic),
                Map.of("user-data", new byte[1]), false);
    }
}
