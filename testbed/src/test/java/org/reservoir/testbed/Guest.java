package org.reservoir.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A test guest on a test host, driven by {@code virsh} alone: what libvirt itself does, without any code of ours in between. */
record Guest(String name, TestHost host) {
    static final String ADDRESS = "192.168.200.5";
    private static final Duration VIRSH = Duration.ofSeconds(60);

    /** Lays out disk and seed on the host, gives it a bridge, and powers the guest on. */
    static Guest start(String name, TestHost host, GuestImage image) {
        host.run("sh", "-c", "ip link add brt type bridge 2>/dev/null || exit 0; ip addr add 192.168.200.1/24 dev brt; ip link set brt up");
        makeDisk(name, host, image);
        makeSeed(name, host);
        Path xml = write(host.directory().resolve(name + ".xml"), domain(name));
        virsh(host, "create", xml.toString());
        return new Guest(name, host);
    }

    static void makeDisk(String name, TestHost host, GuestImage image) {
        run("qemu-img", "create", "-q", "-f", "qcow2", "-b", image.disk().toString(), "-F", "qcow2", host.images().resolve(name + ".qcow2").toString());
    }

    static void makeSeed(String name, TestHost host) {
        Path files = host.directory().resolve("seed-" + name);
        write(files.resolve("reservoir.env"), """
                VEE_ID='%1$s'
                VEE_NAME='%1$s'
                VEE_SECRET='it'\\''s secret'
                HOSTNAME='%1$s-node'
                ETH0_MAC='52:54:00:77:00:01'
                ETH0_IP='%2$s/24'
                ETH0_GATEWAY='192.168.200.1'
                PROP_ROLE='web'
                PROP_LOAD='7'
                """.formatted(name, ADDRESS));
        write(files.resolve("ovf-env.xml"), "<Environment/>");
        run("genisoimage", "-quiet", "-V", "cidata", "-J", "-R", "-o", host.images().resolve(name + "-seed.iso").toString(), files.toString());
    }

    private static String domain(String name) {
        return """
                <domain type='qemu'><name>%1$s</name><memory unit='MiB'>128</memory><vcpu>1</vcpu>
                  <os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>
                  <devices>
                    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
                      <source file='/var/lib/libvirt/images/%1$s.qcow2'/><target dev='vda' bus='virtio'/></disk>
                    <disk type='file' device='cdrom'><source file='/var/lib/libvirt/images/%1$s-seed.iso'/>
                      <target dev='hda' bus='ide'/><readonly/></disk>
                    <interface type='bridge'><mac address='52:54:00:77:00:01'/><source bridge='brt'/><model type='virtio'/></interface>
                    <channel type='unix'><target type='virtio' name='org.reservoir.voice.0'/></channel>
                    <serial type='pty'/><console type='pty'/>
                  </devices></domain>
                """.formatted(name);
    }

    /** The body of the guest's answer, fetched from inside its host; empty while there is none. */
    String get(String path) {
        String request = "exec 3<>/dev/tcp/%s/80 && printf 'GET %s HTTP/1.0\\r\\n\\r\\n' >&3 && sed '1,/^\\r*$/d' <&3".formatted(ADDRESS, path);
        return host.run("bash", "-c", "timeout 10 bash -c \"$1\" 2>/dev/null || true", "get", request);
    }

    /** Reads from the guest's voice until the text was heard. */
    String hear(String wanted) {
        String domain = virsh(host, "domid", name);
        Path socket = host.directory().resolve("lib/qemu/channel/target/domain-%s-%s/org.reservoir.voice.0".formatted(domain.strip(), name));
        return within(Duration.ofSeconds(60), "hear " + wanted, () -> listen(socket, wanted));
    }

    private static String listen(Path socket, String wanted) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            var heard = new StringBuilder();
            var buffer = ByteBuffer.allocate(4096);
            while (heard.indexOf(wanted) < 0 && channel.read(buffer) >= 0) {
                heard.append(StandardCharsets.UTF_8.decode(buffer.flip()));
                buffer.clear();
            }
            return heard.toString();
        }
    }

    boolean runs() {
        return virsh(host, "list", "--name").lines().anyMatch(name::equals);
    }

    static String virsh(TestHost host, String... words) {
        return virsh(host.uri(), words);
    }

    static String virsh(String uri, String... words) {
        var all = new ArrayList<>(List.of("virsh", "-q", "-c", uri));
        all.addAll(List.of(words));
        return new Command(VIRSH, all).output();
    }

    static void run(String... words) {
        Command.of(VIRSH, words).output();
    }

    /** Tries until the condition holds; an error when it does not in time. */
    static void eventually(Duration patience, String what, Callable<Boolean> condition) {
        within(patience, what, () -> {
            while (!condition.call()) {
                Thread.sleep(50);
            }
            return true;
        });
    }

    static <T> T within(Duration patience, String what, Callable<T> work) {
        var executor = Executors.newVirtualThreadPerTaskExecutor();
        try {
            return executor.submit(work).get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not in " + patience.toSeconds() + " s: " + what, e);
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError("failed: " + what, e);
        } finally {
            executor.shutdownNow();
        }
    }

    private static Path write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
