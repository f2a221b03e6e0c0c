package org.reservoir.bench.veem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.reservoir.bench.Report;
import org.reservoir.bench.Scratch;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ImageId;
import org.reservoir.libvirtrpc.LibvirtConnection;
import org.reservoir.testbed.GuestImage;
import org.reservoir.testbed.LibvirtHosts;
import org.reservoir.testbed.TestHost;

/**
 * {@code veem.overhead}: what Reservoir adds to libvirt, on two real hosts of the testbed with emulated guests. From the order to the running
 * VEE, through the VEEM and its durable database, against the bare calls that make the same guest (disks, seed, definition, start), one
 * at a time and several at once; and a live move without shared storage against {@code virsh migrate --copy-storage-all} of the same guest.
 * Ours and theirs take turns; medians are told, the ratio that of the rounds. Needs root.
 */
public final class VeemOverhead {
    private static final int DATA = 256 << 20;
    private static final int SEED = 7;
    private static final String VIRSH = "virsh migrate --copy-storage-all";
    /** Until a guest has booted and its memory is its own. */
    private static final Duration BOOT = Duration.ofSeconds(20);

    private final Report report;
    private final int rounds;
    private final int atOnce;
    private final RealSite site;
    private final List<TestHost> hosts;
    private final List<HostId> ids;
    private final List<LibvirtConnection> connections;

    private VeemOverhead(Report report, int rounds, int atOnce, RealSite site, List<TestHost> hosts, List<HostId> ids, List<LibvirtConnection> connections) {
        this.report = report;
        this.rounds = rounds;
        this.atOnce = atOnce;
        this.site = site;
        this.hosts = hosts;
        this.ids = ids;
        this.connections = connections;
    }

    /** @param arguments {@code [--rounds N] [--at-once N]} */
    public static void run(List<String> arguments, Report report) throws Exception {
        int rounds = number(arguments, "--rounds", 9);
        int atOnce = number(arguments, "--at-once", 6);
        report.progress("two hosts and a site");
        var guest = GuestImage.build();
        try (var scratch = Scratch.make(); var testbed = LibvirtHosts.up(2); var site = RealSite.over(scratch, List.of(guest.directory(), scratch.folder()))) {
            var hosts = testbed.hosts();
            var connections = hosts.stream().map(host -> LibvirtConnection.open(host.uri())).toList();
            var ids = hosts.stream().map(site::add).toList();
            var bench = new VeemOverhead(report, rounds, atOnce, site, hosts, ids, connections);
            var image = site.image("guest", guest.disk());
            var data = site.image("data", data(scratch));
            bench.deploy(image);
            bench.deployMany(image);
            bench.move(List.of(image, data));
            connections.forEach(LibvirtConnection::close);
        }
    }

    private static int number(List<String> arguments, String name, int usual) {
        int at = arguments.indexOf(name);
        return at < 0 ? usual : Integer.parseInt(arguments.get(at + 1));
    }

    /** An image of bytes that nothing can make smaller. */
    private static Path data(Scratch scratch) throws IOException {
        var bytes = new byte[DATA];
        new Random(SEED).nextBytes(bytes);
        var raw = Files.write(scratch.resolve("data.raw"), bytes);
        var image = scratch.resolve("data.qcow2");
        TestHost.onThisMachine("qemu-img", "convert", "-O", "qcow2", raw.toString(), image.toString());
        Files.delete(raw);
        return image;
    }

    // ---- from the order to the running guest

    private void deploy(ImageId image) throws Exception {
        report.progress("one guest at a time");
        var raw = template(hosts.getFirst(), List.of(image));
        var floor = new Turns("raw libvirt calls");
        for (int i = 0; i < Turns.WARM_UP + rounds; i++) {
            var name = "one" + i;
            Turns.inTurn(i, () -> {
                floor.theirs(() -> raw.start(connections.getFirst(), name));
                RawGuest.remove(connections.getFirst(), name);
            }, () -> site.end(floor.ours(() -> site.deploy(List.of(spec(name, image))))));
        }
        floor.tell(report, "order to running", "s");
    }

    private void deployMany(ImageId image) throws Exception {
        report.progress(atOnce + " guests at once");
        var raw = template(hosts.getFirst(), List.of(image));
        var floor = new Turns("raw libvirt calls");
        for (int i = 0; i < Turns.WARM_UP + rounds; i++) {
            var names = names("many" + i + "-");
            Turns.inTurn(i, () -> {
                floor.theirs(() -> side(names, name -> raw.start(connections.getFirst(), name)));
                names.forEach(name -> RawGuest.remove(connections.getFirst(), name));
            }, () -> site.end(floor.ours(() -> site.deploy(names.stream().map(name -> spec(name, image)).toList()))));
        }
        floor.tell(report, "orders to running, %d at once".formatted(atOnce), "s");
    }

    private List<String> names(String prefix) {
        return IntStream.range(0, atOnce).mapToObj(n -> prefix + n).toList();
    }

    private VeeSpec spec(String name, ImageId image) {
        return RealSite.spec(name, hosts.getFirst(), List.of(image));
    }

    /** Side by side. */
    private static void side(List<String> names, Consumer<String> work) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(names.stream().map(name -> Executors.callable(() -> work.accept(name))).toList())) {
                done.get();
            }
        }
    }

    /** The guest as libvirt knows it on this host, which from then on has the images. */
    private RawGuest template(TestHost host, List<ImageId> images) throws Exception {
        var vees = site.deploy(List.of(RealSite.spec("template", host, images)));
        try {
            return RawGuest.of(connections.get(hosts.indexOf(host)), vees.getFirst().toString());
        } finally {
            site.end(vees);
        }
    }

    // ---- from host to host

    private void move(List<ImageId> images) throws Exception {
        report.progress("a guest with an image of 256 MiB from host to host and back");
        template(hosts.getLast(), images);
        var raw = template(hosts.getFirst(), images);
        var name = "mover";
        raw.start(connections.getFirst(), name);
        var vee = site.deploy(List.of(RealSite.spec(name, hosts.getFirst(), images))).getFirst();
        Thread.sleep(BOOT);
        var time = new Turns(VIRSH);
        var sent = new Turns(VIRSH);
        for (int i = 0; i < Turns.WARM_UP + rounds; i++) {
            int from = i % 2;
            int to = 1 - from;
            raw.putSeed(connections.get(to), name);
            sent.theirs(sentBy(hosts.get(from), () -> time.theirs(() -> virsh(RawGuest.domain(name), hosts.get(from), hosts.get(to)))));
            RawGuest.removeFiles(connections.get(from), name);
            sent.ours(sentBy(hosts.get(from), () -> time.ours(() -> {
                site.move(vee, ids.get(to));
                return vee;
            })));
        }
        time.tell(report, "live move without shared storage", "s");
        sent.tell(report, "sent by a live move without shared storage", "bytes");
        site.end(List.of(vee));
        connections.forEach(host -> RawGuest.remove(host, name));
    }

    /** libvirt's own client, which reads no seed and knows no base image: it makes the disk at the destination and copies all of it. */
    private static void virsh(String domain, TestHost from, TestHost to) {
        TestHost.onThisMachine("virsh", "-q", "-c", from.uri(), "migrate", "--live", "--persistent", "--undefinesource", "--copy-storage-all", domain, to.uri());
    }

    /** Bytes that leave the host over its only cable meanwhile. */
    private static double sentBy(TestHost host, Turns.Work work) throws Exception {
        long before = counted(host);
        work.run();
        return counted(host) - before;
    }

    private static long counted(TestHost host) {
        return Long.parseLong(host.run("cat", "/sys/class/net/eth0/statistics/tx_bytes"));
    }
}
