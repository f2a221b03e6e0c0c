package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import org.reservoir.interfaces.vhi.*;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostNetwork.Entry;
import org.reservoir.interfaces.vhi.HostNetwork.Reach;
import org.reservoir.interfaces.vhi.HostNetwork.Subnet;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.VeeId;

/** Two libvirt hosts whose libvirtds are in memory, with an image in their caches, and the words in which tests speak to them. */
abstract class TwoFakeHosts {
    static final VeeId VEE = new VeeId(7);
    static final byte[] BYTES = new byte[70 << 20];
    static final ImageFile IMAGE = imageOf(BYTES);

    final FakeLibvirtd here = new FakeLibvirtd();
    final FakeLibvirtd there = new FakeLibvirtd();
    LibvirtHost host;
    LibvirtHost other;

    @BeforeEach
    void open() {
        host = open(here, "qemu+tcp://here/system");
        other = open(there, "qemu+tcp://there/system");
        cache(here);
        cache(there);
    }

    @AfterEach
    void close() {
        host.close();
        other.close();
    }

    // ---- words

    static LibvirtHost open(FakeLibvirtd libvirtd, String uri) {
        return LibvirtHost.open(uri, new Site("lab"), Map.of(), InstantSource.fixed(Instant.EPOCH), libvirtd::dial);
    }

    static void cache(FakeLibvirtd libvirtd) {
        for (var file : List.of("image-%s.qcow2", "image-%s.ready")) {
            libvirtd.volumes.put(file.formatted(IMAGE.digest()), "<volume><name/></volume>");
            libvirtd.files.put(file.formatted(IMAGE.digest()), BYTES);
        }
    }

    static void assertNothingOf(FakeLibvirtd libvirtd) {
        assertThat(libvirtd.domains).isEmpty();
        assertThat(libvirtd.volumes.keySet()).allMatch(name -> name.startsWith("image-"));
        assertThat(libvirtd.filters).isEmpty();
    }

    static HostFailure failsAs(Kind kind, Runnable act) {
        var failure = catchThrowableOfType(HostFailure.class, act::run);
        assertThat(failure).isNotNull();
        assertThat(failure.kind()).isEqualTo(kind);
        return failure;
    }

    static Order order(long generation) {
        return new Order(VEE, generation, Duration.ofSeconds(10));
    }

    static Order impatient(long generation) {
        return new Order(VEE, generation, Duration.ofMillis(150));
    }

    static HostNetwork network(int mtu, Entry... entries) {
        return new HostNetwork(new NetworkId(3), "net", "rsv3", mtu, Reach.NAT, List.of(new Subnet("10.0.0.0/24", Optional.of("10.0.0.1"))), true,
                List.of(entries), Optional.empty());
    }

    static Guest guest() {
        return sized(1);
    }

    static Guest sized(int vcpus) {
        var disk = new Disk(0, new Disk.Content.CloneOf(IMAGE), DataSize.bytes(1000), Disk.Bus.VIRTIO, false, Optional.empty());
        var nic = new Nic(0, new NetworkId(3), "02:00:00:00:00:07", List.of("10.0.0.7"), List.of(), true, Optional.empty());
        return new Guest(VEE, "web", vcpus, Math.max(4, vcpus), Cpus.of(1), DataSize.mebibytes(128), DataSize.mebibytes(256), new Guest.Boot.FromDisk(),
                List.of(disk), List.of(nic), Map.of("user-data", new byte[1]), false);
    }

    static ImageFile imageOf(byte[] bytes) {
        try {
            return new ImageFile(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)), bytes.length, DataSize.gibibytes(1), "qcow2");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    record Bytes(byte[] bytes) implements ByteSource {
        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public InputStream openAt(long offset) {
            return new ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset);
        }
    }
}
