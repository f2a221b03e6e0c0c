package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.VeeId;

/** A Debian that knows nothing of Reservoir becomes what its seed says, and tells so with five lines of shell. */
@Tag("real")
class CloudInitTest {
    private static final Duration BOOT = Duration.ofMinutes(10);
    private static final String KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3qf5q3qk0cYy0dYw7h0yC5nq0o2bV9J8oXf1o5l3Qe anna@example";
    /** As docs/how-to-add/a-guest-image.md shows it. */
    private static final String VOICE = """
            mount -r -o X-mount.mkdir /dev/disk/by-label/cidata /run/seed
            . /run/seed/reservoir.env
            while printf 'HELLO %s %s\\nREADY\\nKPI answer 42\\n' "$VEE_ID" "$VEE_SECRET"; do
                sleep 5
            done > /dev/virtio-ports/org.reservoir.voice.0 &
            """;
    /** Asks for an address as docs/reference/networks.md says that it is known: by the DUID of its MAC, which is not networkd's own choice. */
    private static final String ASK_BY_DHCPV6 = """
            printf '[Match]\\nName=eth1\\n[Network]\\nDHCP=ipv6\\n[DHCPv6]\\nDUIDType=link-layer\\n' > /etc/systemd/network/01-leased.network
            ip address flush dev eth1 scope global
            systemctl restart systemd-networkd
            for second in $(seq 180); do
                ip -6 -o address show dev eth1 scope global dynamic | grep -q inet6 && break
                sleep 1
            done
            echo proof:leased=$(ip -6 -o address show dev eth1 scope global | awk '{print $4}')
            """;
    @TempDir
    static Path folder;
    @AutoClose
    private static SiteOnHosts site;
    private static ImageId image;

    @BeforeAll
    static void open() {
        var debian = DebianImage.build();
        site = SiteOnHosts.with(1, debian.disk().getParent());
        image = site.image("debian", debian.disk());
    }

    @Test
    void debianTakesItsSeedSpeaksAndObeysItsAgent() {
        var vee = site.site.vmi().vees().create(SiteOnHosts.ADMIN, spec()).id();
        site.await(vee, VeeState.RUNNING);
        var told = console(vee, "proof:status: ");
        assertThat(told).contains("proof:host=deb-1.example", "proof:user=anna", "proof:property=web <1>", "proof:mtu=1400", "proof:dns=10.61.7.1")
                .contains("proof:address=10.61.7.2/24", "proof:address=fd00:61::", "proof:route=default via 10.61.7.1 ", "proof:key=" + KEY)
                .contains("proof:leased=%s/128".formatted(addressOf(vee, 1, "fd00:62::")))
                .contains("proof:status: done", "proof:schema=Valid cloud-config").contains("Datasource DataSourceNoCloud");
        site.await(vee, it -> it.ready(), "to say that it is ready");
        Guest.eventually(BOOT, "its KPI is heard", () -> site.get("/api/monitoring/v1/measurements?subject=" + vee + "&metric=answer").contains("42"));
        var report = site.site.vmi().hosts().guest(SiteOnHosts.ADMIN, vee);
        assertThat(report.agent()).isTrue();
        assertThat(report.hostname()).contains("deb-1");
        assertThat(report.system()).hasValueSatisfying(system -> assertThat(system).startsWith("Debian"));
        assertThat(report.nics()).anySatisfy(nic -> assertThat(nic.addresses()).contains("10.61.7.2/24"));
        itsFileSystemIsAtRestInACopyOfItsDisk(vee);
        site.act(vee, new VeeAction.PowerOff(false), VeeState.POWERED_OFF);
        site.act(vee, new VeeAction.Terminate(true), VeeState.TERMINATED);
    }

    /** As the site's plan gave it. */
    private static String addressOf(VeeId vee, int nic, String prefix) {
        return site.site.vmi().vees().vee(SiteOnHosts.ADMIN, vee).nics().get(nic).addresses().stream().filter(address -> address.startsWith(prefix)).findFirst().orElseThrow();
    }

    /** While ext4 is mounted its superblock says that its journal is needed; only freezing takes that back, which the guest's agent does. */
    private static void itsFileSystemIsAtRestInACopyOfItsDisk(VeeId vee) {
        var disk = Guest.virsh(site.hosts.host(1), "vol-list", "reservoir").lines().filter(line -> line.contains("-" + vee + "-disk-0")).map(line -> line.strip().split(" +")[1]).findFirst().orElseThrow();
        assertThat(needsItsJournal(disk)).as("the disk under the running guest").isTrue();
        site.act(vee, new VeeAction.SaveDisk(0, "at-rest"), VeeState.RUNNING);
        assertThat(site.site.vmi().vees().vee(SiteOnHosts.ADMIN, vee).problem()).isEmpty();
        assertThat(needsItsJournal(site.stored("at-rest").toString())).as("the copy").isFalse();
        site.await(vee, it -> site.site.vmi().hosts().guest(SiteOnHosts.ADMIN, vee).agent(), "to thaw and answer");
    }

    /** Of the file system in the disk's second partition: feature INCOMPAT_RECOVER of its superblock (linux, fs/ext4/ext4.h). */
    private static boolean needsItsJournal(String disk) {
        var raw = folder.resolve("disk.raw");
        site.hosts.host(1).run("qemu-img", "convert", "-U", "-O", "raw", disk, raw.toString());
        try (var file = FileChannel.open(raw, StandardOpenOption.READ)) {
            long partition = number(file, 446 + 16 + 8) * 512L;
            assertThat(number(file, partition + 1024 + 0x38) & 0xffff).as("ext4's magic number").isEqualTo(0xef53);
            return (number(file, partition + 1024 + 0x60) & 4) != 0;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static int number(FileChannel file, long offset) throws IOException {
        var bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        file.read(bytes, offset);
        return bytes.getInt(0);
    }

    private static VeeSpec spec() {
        var ranges = List.of(NetworkSpec.Range.of("10.61.7.0/24"), NetworkSpec.Range.of("fd00:61::/64"));
        var network = site.site.vmi().networks().create(SiteOnHosts.ADMIN, new NetworkSpec("front", "nat", Optional.empty(), ranges, List.of("10.61.7.1"), false, false, 1400, true)).id();
        var leased = site.site.vmi().networks().create(SiteOnHosts.ADMIN, new NetworkSpec("leased", "isolated", Optional.empty(),
                List.of(NetworkSpec.Range.of("10.61.8.0/24"), NetworkSpec.Range.of("fd00:62::/64")), List.of(), true, false, 0, true)).id();
        var commands = List.of("echo proof:host=$(hostname -f)", "echo proof:user=$(id -un 1000)", "echo proof:key=$(cat /home/anna/.ssh/authorized_keys)",
                "ip -o addr show dev eth0 | awk '{print \"proof:address=\" $4}'", "echo proof:route=$(ip route show default)", "echo proof:mtu=$(cat /sys/class/net/eth0/mtu)",
                "echo proof:dns=$(grep -h ^DNS= /run/systemd/network/* /etc/systemd/network/* | cut -d= -f2)", VOICE, ASK_BY_DHCPV6,
                "echo proof:property=\"$(. /run/seed/reservoir.env; echo $PROP_TIER)\"; grep -q 'oe:key=\"tier\"' /run/seed/ovf-env.xml",
                "echo proof:schema=$(cloud-init schema --system 2>&1)", "(cloud-init status --wait >/dev/null; echo proof:$(cloud-init status) >/dev/console) &");
        var context = new VeeSpec.Context(Optional.of("deb-1.example"), Optional.of("anna"), List.of(KEY), Optional.empty(), commands, Map.of("tier", "web <1>"), Optional.empty());
        var spec = VeeSpec.of("debian", 1, DataSize.mebibytes(768)).withDisks(List.of(VeeSpec.DiskSpec.of(image))).withNics(List.of(VeeSpec.NicSpec.on(network), VeeSpec.NicSpec.on(leased))).withContext(context);
        return new VeeSpec(spec.name(), spec.vcpus(), spec.cpu(), spec.memory(), spec.limits(), spec.boot(), spec.disks(), spec.nics(), spec.context(), spec.placement(), false,
                Optional.empty(), true, true, Map.of(), Map.of());
    }

    /** What the guest wrote to its console up to these words and the rest of their line. */
    private static String console(VeeId vee, String until) {
        var heard = new StringBuilder();
        return Guest.within(BOOT, "hear " + until, () -> {
            try (var console = site.site.vmi().hosts().console(SiteOnHosts.ADMIN, vee)) {
                var buffer = new byte[4096];
                int at;
                while ((at = heard.indexOf(until)) < 0 || heard.indexOf("\n", at) < 0) {
                    int read = console.output().read(buffer);
                    if (read < 0) {
                        throw new IOException("the console ended after " + heard);
                    }
                    heard.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
                }
                return heard.toString();
            }
        });
    }
}
