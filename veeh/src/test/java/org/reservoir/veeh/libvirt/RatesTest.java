package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.Nic;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.VeeId;

/** Who bounds the bandwidth of guests: libvirt where the host's kernel lets it, else nftables, and the administrator is told which. */
class RatesTest {
    private static final VeeId VEE = new VeeId(7);
    @TempDir
    Path folder;
    private final FakeLibvirtd libvirtd = new FakeLibvirtd();

    /** A shell on a host: writes down what it is to do, and says how that ended. */
    private String shell(int tcEndsWith) throws IOException {
        var file = folder.resolve("shell");
        Files.writeString(file, "#!/bin/sh\nscript=$(cat)\necho \"$script\" >> %s\ncase $script in *'tc qdisc'*) exit %d ;; esac\n".formatted(folder.resolve("said"), tcEndsWith));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return "exec:" + file;
    }

    private LibvirtHost open(Map<String, String> options) {
        return LibvirtHost.open("qemu+tcp://here/system", new Site("lab"), options, InstantSource.fixed(Instant.EPOCH), libvirtd::dial);
    }

    private static Guest bounded() {
        var nic = new Nic(0, new NetworkId(3), "02:00:00:00:00:07", List.of(), List.of(), false, Optional.of(new Nic.Bandwidth(100, 0)));
        return new Guest(VEE, "web", 1, 1, Cpus.of(1), DataSize.mebibytes(64), DataSize.mebibytes(64), new Guest.Boot.FromDisk(), List.of(), List.of(nic), Map.of(), false);
    }

    private boolean isBoundByLibvirt(LibvirtHost host) {
        host.prepare(new Order(VEE, 1, Duration.ofSeconds(10)), bounded());
        return libvirtd.domains.values().iterator().next().xml.contains("<bandwidth>");
    }

    @Test
    void whatTheKernelCanIsTriedOutAndTold() throws IOException {
        record Row(int tcEndsWith, String told, boolean byLibvirt) {}
        for (var row : List.of(new Row(0, "libvirt", true), new Row(2, "nftables", false))) {
            try (var host = open(Map.of("shell", shell(row.tcEndsWith)))) {
                assertThat(host.facts().labels()).containsEntry("bandwidth", row.told);
                assertThat(isBoundByLibvirt(host)).as(row.told).isEqualTo(row.byLibvirt);
            }
        }
        assertThat(Files.readString(folder.resolve("said"))).contains("sfq", "police", "trap 'ip link del $end' EXIT");
    }

    @Test
    void theOptionDecidesAndWithoutAShellItIsLibvirt() throws IOException {
        var none = Map.<String, String>of();
        var shell = Map.of("shell", shell(2));
        for (var row : Map.of("libvirt", shell, "nftables", shell).entrySet()) {
            var options = new HashMap<>(row.getValue());
            options.put("bandwidth", row.getKey());
            try (var host = open(options)) {
                assertThat(host.facts().labels()).containsEntry("bandwidth", row.getKey());
            }
        }
        assertThat(folder.resolve("said")).as("nothing was tried out").doesNotExist();
        try (var host = open(none)) {
            assertThat(host.facts().labels()).containsEntry("bandwidth", "libvirt");
        }
    }

    @Test
    void waysThatAreNoneAreRefusedAndAShellThatDoesNotAnswerIsNoVerdict() {
        record Row(Map<String, String> options, Kind kind) {}
        for (var row : List.of(new Row(Map.of("bandwidth", "nftables"), Kind.REFUSED), new Row(Map.of("bandwidth", "magic"), Kind.REFUSED),
                new Row(Map.of("shell", "exec:/nowhere"), Kind.UNREACHABLE))) {
            try (var host = open(row.options)) {
                assertThatThrownBy(host::facts).as(row.toString()).isInstanceOfSatisfying(HostFailure.class, failure -> assertThat(failure.kind()).isEqualTo(row.kind));
            }
        }
    }
}
