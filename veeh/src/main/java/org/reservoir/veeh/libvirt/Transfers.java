package org.reservoir.veeh.libvirt;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.reservoir.interfaces.vhi.ByteSink;
import org.reservoir.interfaces.vhi.ByteSource;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.interfaces.vhi.Progress;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * Disks out of and into a host. A running guest's disk is copied out as of one moment (a push backup), its file systems at rest when its
 * agent answers; one that is shut off is flattened or, for a clone, sent as what differs from its image.
 */
final class Transfers {
    private static final int BUFFER = 1 << 18;
    /** VIR_DOMAIN_JOB_COMPLETED. */
    private static final int COMPLETED = 3;

    private final Link link;
    private final Site site;
    private final Pool pool;
    private final Generations generations;
    private final Supplier<DomainXml> words;
    private final GuestAgent agent;

    Transfers(Link link, Site site, Pool pool, Generations generations, Supplier<DomainXml> words) {
        this.link = link;
        this.site = site;
        this.pool = pool;
        this.generations = generations;
        this.words = words;
        this.agent = new GuestAgent(link);
    }

    void export(Order order, Guest guest, int disk, boolean flat, ByteSink sink, Progress progress) {
        var daemon = link.guest().within(order.patience());
        var file = site.disk(order.vee(), disk);
        var running = whoseDisk(daemon, order, file).filter(Domain::active);
        if (!flat) {
            requireStill(order, running);
            send(file, sink, progress);
            return;
        }
        var copy = site.export(order.vee(), disk);
        try {
            if (running.isPresent()) {
                copyRunning(order, running.get(), guest, disk, copy);
            } else {
                pool.flatten(file, copy, guest.disk(disk).size());
            }
            send(copy, sink, progress);
        } finally {
            pool.deleteFile(copy);
        }
    }

    /** Empty when the guest is gone and its disk is not. */
    private Optional<Domain> whoseDisk(LibvirtConnection daemon, Order order, String file) {
        var found = generations.take(daemon, order);
        if (found.isEmpty() && !pool.hasFile(file)) {
            throw new HostFailure(Kind.NO_SUCH_GUEST, "Neither %s nor its disk %s is on this host.".formatted(order.vee(), file));
        }
        return found;
    }

    private static void requireStill(Order order, Optional<Domain> running) {
        if (running.isPresent()) {
            throw new HostFailure(Kind.UNSUPPORTED, "%s runs: only whole copies of its disks can be taken now; shut it off to send what differs from the image."
                    .formatted(order.vee()));
        }
    }

    private void copyRunning(Order order, Domain dom, Guest guest, int disk, String copy) {
        var daemon = link.guest().within(order.patience());
        pool.deleteFile(copy);
        pool.makeDisk(copy, guest.disk(disk).size(), Optional.empty());
        agent.still(dom, () -> daemon.backupBegin(dom, backup(guest, disk, copy)));
        var deadline = Deadline.in(order.patience());
        while (daemon.job(dom).get("type") instanceof Integer type && type != 0) {
            deadline.pause(Duration.ofMillis(200), "the copy of disk %d of %s".formatted(disk, order.vee()));
        }
        requireComplete(order, daemon.completedJob(dom), disk);
    }

    /** A copy that broke off, when the host's disk is full say, leaves a file that looks like any other. */
    private static void requireComplete(Order order, Map<String, Object> job, int disk) {
        if (!Integer.valueOf(COMPLETED).equals(job.get("type"))) {
            throw new HostFailure(Kind.NO_ROOM, "Disk %d of %s was not copied to its end: %s.".formatted(disk, order.vee(), job.getOrDefault("errmsg", "libvirt does not say why")));
        }
    }

    private String backup(Guest guest, int disk, String copy) {
        return Xml.document("domainbackup", backup -> backup.tag("disks", disks -> guest.disks().forEach(other -> {
            var target = words.get().target(guest, other);
            if (other.number() == disk) {
                disks.tag("disk", one -> one.tag("driver", "type", "qcow2").tag("target", "file", pool.folder() + "/" + copy),
                        "name", target, "backup", "yes", "type", "file");
            } else {
                disks.tag("disk", "name", target, "backup", "no");
            }
        })), "mode", "push");
    }

    private void send(String file, ByteSink sink, Progress progress) {
        var volume = pool.find(file);
        try (InputStream in = pool.readFile(volume.name()); OutputStream out = sink.open()) {
            var buffer = new byte[BUFFER];
            long done = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                done += read;
                progress.at(done, 0);
            }
            requireWhole(file, done);
            progress.at(done, done);
        } catch (IOException broken) {
            throw new HostFailure(Kind.UNREACHABLE, "The transfer of %s broke: %s".formatted(file, broken.getMessage()), broken);
        }
    }

    private void requireWhole(String file, long done) throws IOException {
        long length = pool.length(file);
        if (done != length) {
            throw new IOException("%d of %d bytes came".formatted(done, length));
        }
    }

    void bring(Order order, Guest guest, int disk, ByteSource source, Progress progress) {
        var daemon = link.quick().within(order.patience());
        if (generations.take(daemon, order).filter(Domain::active).isPresent()) {
            throw new HostFailure(Kind.UNSUPPORTED, "%s runs and takes no disk's bytes.".formatted(order.vee()));
        }
        pool.images().require(guest.disk(disk).image().stream().toList());
        var base = guest.disk(disk).image().map(words.get()::pathOf);
        try (var bytes = Qcow2.rebased(source.openAt(0), base)) {
            pool.putFile(site.disk(order.vee(), disk), source.length(), new Counted(bytes, source.length(), progress));
            pool.resizeDisk(site.disk(order.vee(), disk), guest.disk(disk).size());
        } catch (IOException broken) {
            throw new HostFailure(Kind.CORRUPT, "The bytes of disk %d of %s could not be read: %s".formatted(disk, order.vee(), broken.getMessage()), broken);
        }
    }

    /** Tells how far the reading has come. */
    static final class Counted extends java.io.FilterInputStream {
        private final long total;
        private final Progress progress;
        private long done;

        Counted(InputStream in, long total, Progress progress) {
            super(in);
            this.total = total;
            this.progress = progress;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            done += Math.max(0, read);
            progress.at(done, total);
            return read;
        }
    }
}
