package org.reservoir.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import org.reservoir.interfaces.vhi.*;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.veeh.Heard;

/** A real host driven through VHI, with the test guest's image in its cache, and all that it tells written down. */
final class DrivenHost implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(3);

    final VeeHost host;
    final String uri;
    final ImageFile image;
    final List<String> heard = new CopyOnWriteArrayList<>();
    private final AtomicLong generations;

    private DrivenHost(String uri, VeeHost host, ImageFile image, AtomicLong generations) {
        this.uri = uri;
        this.host = host;
        this.image = image;
        this.generations = generations;
        host.watch(new Heard(heard));
    }

    /** @param site tells this test's guests from those of others on the same host */
    static DrivenHost open(String uri, String site, Map<String, String> options, Path image, AtomicLong generations) {
        var all = new HashMap<>(options);
        all.putIfAbsent("acceleration", "emulated");
        var host = new org.reservoir.veeh.libvirt.LibvirtHosts(site).open(new HostId(1), new HostAddress(uri, all));
        var driven = new DrivenHost(uri, host, describe(image), generations);
        driven.bring(image);
        return driven;
    }

    ImageFile bring(Path file) {
        var described = describe(file);
        host.ensureImage(described, source(file), Progress.UNHEARD);
        return described;
    }

    static ImageFile describe(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance("SHA-256");
            var buffer = new byte[1 << 18];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return new ImageFile(HexFormat.of().formatHex(digest.digest()), Files.size(file), DataSize.gibibytes(1), "qcow2");
        } catch (IOException | NoSuchAlgorithmException broken) {
            throw new IllegalStateException("cannot read " + file, broken);
        }
    }

    static ByteSource source(Path file) {
        return new ByteSource() {
            @Override
            public long length() {
                try {
                    return Files.size(file);
                } catch (IOException broken) {
                    throw new UncheckedIOException(broken);
                }
            }

            @Override
            public InputStream openAt(long offset) throws IOException {
                InputStream in = Files.newInputStream(file);
                in.skipNBytes(offset);
                return in;
            }
        };
    }

    Order order(VeeId vee) {
        return new Order(vee, generations.incrementAndGet(), PATIENCE);
    }

    /** One disk, no network, a seed that lets it speak. */
    Guest guest(VeeId vee) {
        return new Guest(vee, "guest " + vee, 1, 2, Cpus.of(1), DataSize.mebibytes(128), DataSize.mebibytes(192), new Guest.Boot.FromDisk(),
                List.of(clone(0, image)), List.of(), seed(vee), false);
    }

    static Disk clone(int number, ImageFile image) {
        return new Disk(number, new Disk.Content.CloneOf(image), DataSize.gibibytes(1), Disk.Bus.VIRTIO, false, Optional.empty());
    }

    static Map<String, byte[]> seed(VeeId vee) {
        return Map.of("reservoir.env", "VEE_ID='%1$s'\nVEE_NAME='%1$s'\nVEE_SECRET='secret'\n".formatted(vee).getBytes(StandardCharsets.UTF_8));
    }

    static Guest with(Guest guest, int vcpus, DataSize memory, List<Disk> disks, List<Nic> nics) {
        return new Guest(guest.vee(), guest.name(), vcpus, guest.maxVcpus(), guest.share(), memory, guest.maxMemory(), guest.boot(), disks, nics, guest.seed(),
                guest.agent());
    }

    static Guest withDisks(Guest guest, List<Disk> disks) {
        return with(guest, guest.vcpus(), guest.memory(), disks, guest.nics());
    }

    /** Prepared, started, and heard to be ready. */
    Guest boot(Guest guest) {
        host.prepare(order(guest.vee()), guest);
        host.start(order(guest.vee()), guest);
        awaitLine(guest.vee() + " says READY");
        return guest;
    }

    /** Waits until it is told anew, however often it was told before. */
    void awaitLine(String line) {
        int from = heard.size();
        try {
            org.reservoir.testbed.Guest.eventually(PATIENCE, line + " on " + uri, () -> heard.subList(Math.min(from, heard.size()), heard.size()).contains(line));
        } catch (AssertionError silence) {
            throw new AssertionError("%s; heard since: %s".formatted(silence.getMessage(), heard.subList(Math.min(from, heard.size()), heard.size())), silence);
        }
    }

    /** Seconds since the guest's kernel began, by the next report from its voice. */
    long uptime(VeeId vee) {
        var before = vee + " says KPI uptime ";
        int from = heard.size();
        org.reservoir.testbed.Guest.eventually(PATIENCE, vee + " tells its uptime", () -> since(from, before).isPresent());
        return Long.parseLong(since(from, before).orElseThrow().substring(before.length()));
    }

    private Optional<String> since(int from, String start) {
        var lines = new ArrayList<>(heard);
        return lines.subList(Math.min(from, lines.size()), lines.size()).stream().filter(line -> line.startsWith(start)).findFirst();
    }

    /** What a command says on the guest's console, which first shows the command itself, once or twice. */
    String type(VeeId vee, String command) {
        try (var console = host.console(vee)) {
            return org.reservoir.testbed.Guest.within(PATIENCE, "type " + command, () -> {
                console.input().write("\n%s; echo E''ND\n".formatted(command).getBytes(StandardCharsets.UTF_8));
                console.input().flush();
                var said = new StringBuilder();
                var buffer = new byte[4096];
                for (int read = console.output().read(buffer); read >= 0; read = console.output().read(buffer)) {
                    said.append(new String(buffer, 0, read, StandardCharsets.UTF_8).replace("\r", ""));
                    int end = said.indexOf("END\n");
                    if (end >= 0) {
                        int begin = said.lastIndexOf("E''ND\n", end) + "E''ND\n".length();
                        return said.substring(begin, end).strip();
                    }
                }
                throw new IllegalStateException("the console ended: " + said);
            });
        }
    }

    GuestState state(VeeId vee) {
        return host.census().ours().stream().filter(each -> each.vee().equals(vee)).map(Census.Sighting::state).findFirst()
                .orElseThrow(() -> new IllegalStateException(vee + " is not on " + uri));
    }

    @Override
    public void close() {
        for (var sighting : host.census().ours()) {
            host.erase(order(sighting.vee()));
        }
        host.close();
    }
}
