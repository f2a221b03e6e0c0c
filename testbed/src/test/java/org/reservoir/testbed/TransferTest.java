package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.testbed.Guest.eventually;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.interfaces.vhi.ByteSource;
import org.reservoir.interfaces.vhi.HostAddress;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.interfaces.vhi.Progress;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.kernel.HostId;

/** An image on its way to a real libvirtd that dies, and to a host whose cable is pulled: it goes on where it was, and arrives as it left. */
@Tag("real")
class TransferTest {
    private static final int LENGTH = 160 << 20;
    private static final long MOST_SENT_AGAIN = 33L << 20;
    @TempDir
    Path folder;

    /** The file's bytes, told from where they were asked for; something happens when so much has been read. */
    private record Watched(ByteSource source, List<Long> opened, long moment, Runnable event) implements ByteSource {
        @Override
        public long length() {
            return source.length();
        }

        @Override
        public InputStream openAt(long offset) throws IOException {
            opened.add(offset);
            return new FilterInputStream(source.openAt(offset)) {
                private long at = offset;

                @Override
                public int read(byte[] buffer, int start, int length) throws IOException {
                    int read = super.read(buffer, start, length);
                    if (at < moment && at + read >= moment) {
                        event.run();
                    }
                    at += read;
                    return read;
                }
            };
        }
    }

    private Path randomFile() throws IOException {
        var file = folder.resolve("image");
        var random = new Random(11);
        var chunk = new byte[1 << 20];
        try (var out = Files.newOutputStream(file)) {
            for (int i = 0; i < LENGTH / chunk.length; i++) {
                random.nextBytes(chunk);
                out.write(chunk);
            }
        }
        return file;
    }

    @Test
    void anImageGoesOnAfterLibvirtdWasKilledAndAfterTheCableWasPulled() throws IOException {
        var file = randomFile();
        var described = DrivenHost.describe(file);
        var image = new ImageFile(described.digest(), described.length(), described.virtualSize(), "raw");
        try (var hosts = LibvirtHosts.up(1)) {
            var there = hosts.host(1);
            try (var host = new org.reservoir.veeh.libvirt.LibvirtHosts("transfer").open(new HostId(1),
                    new HostAddress(there.uri(), Map.of("acceleration", "emulated")))) {
                breaks(host, image, file, new ArrayList<>(), 70L << 20, there::kill);
                there.restart();
                eventually(DrivenHost.PATIENCE, "the host is found again", () -> answers(host));
                var second = new ArrayList<Long>();
                breaks(host, image, file, second, 120L << 20, there::cutNetwork);
                assertThat(second.getFirst()).as("where it goes on").isBetween((70L << 20) - MOST_SENT_AGAIN, 70L << 20);
                there.mendNetwork();
                eventually(DrivenHost.PATIENCE, "the host is found again", () -> answers(host));
                var third = new ArrayList<Long>();
                host.ensureImage(image, new Watched(DrivenHost.source(file), third, Long.MAX_VALUE, () -> {}), Progress.UNHEARD);
                assertThat(third.getFirst()).as("where it goes on again").isGreaterThan(70L << 20);
                assertThat(host.cachedImages()).containsExactly(image.digest());
                assertThat(there.run("sh", "-c", "sha256sum /var/lib/libvirt/reservoir/image-%s.raw".formatted(image.digest()))).startsWith(image.digest());
            }
        }
    }

    private static void breaks(VeeHost host, ImageFile image, Path file, List<Long> opened, long moment, Runnable event) {
        var once = new AtomicLong();
        var source = new Watched(DrivenHost.source(file), opened, moment, () -> {
            if (once.getAndIncrement() == 0) {
                event.run();
            }
        });
        assertThatThrownBy(() -> host.ensureImage(image, source, Progress.UNHEARD)).isInstanceOfSatisfying(HostFailure.class,
                failure -> assertThat(failure.kind()).isIn(Kind.UNREACHABLE, Kind.TIMED_OUT));
        assertThat(once).hasValue(1);
    }

    private static boolean answers(VeeHost host) {
        try {
            return host.cachedImages().isEmpty();
        } catch (HostFailure notYet) {
            return false;
        }
    }
}
