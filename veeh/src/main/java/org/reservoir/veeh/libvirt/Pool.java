package org.reservoir.veeh.libvirt;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.kernel.DataSize;
import org.reservoir.libvirtrpc.LibvirtConnection;
import org.reservoir.libvirtrpc.StorageCalls;
import org.reservoir.libvirtrpc.Volume;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The host's folder of images and disks, as one libvirt storage pool. */
final class Pool {
    private static final Logger LOG = LoggerFactory.getLogger(Pool.class);
    private static final String SIGN = "host-";
    /** The name where nobody has given another. */
    static final String USUAL = "reservoir";
    static final Duration LONG = Duration.ofHours(6);
    /** How seldom it is looked for what other hosts left behind: each look reads the head of every file. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(5);

    private final Link link;
    private final String name;
    private final String wanted;
    private final boolean ownFolder;
    private final boolean declaredShared;
    private final ImageCache images;
    private volatile String folder;
    private volatile Optional<String> sign = Optional.empty();
    private volatile boolean signed;
    private volatile boolean left;
    /** Whether the host has one at all. */
    private volatile boolean reached = true;
    private volatile Deadline looked = Deadline.in(Duration.ZERO);

    /**
     * @param named          the folder, where somebody has named one
     * @param declaredShared whether somebody has said that other hosts keep their files in the same folder
     */
    Pool(Link link, String name, Optional<String> named, boolean declaredShared) {
        this.link = link;
        this.name = name;
        this.wanted = named.orElse("/var/lib/libvirt/" + name);
        this.ownFolder = named.isEmpty();
        this.declaredShared = declaredShared;
        this.folder = wanted;
        this.images = new ImageCache(link, this);
    }

    ImageCache images() {
        return images;
    }

    String name() {
        return name;
    }

    String folder() {
        return folder;
    }

    /** Makes the pool where there is none; an administrator's own pool of the name is taken as it is. */
    void open(LibvirtConnection daemon, Hypervisor hypervisor) {
        reached = hypervisor.storesFiles();
        if (reached) {
            open(daemon);
        }
    }

    private void open(LibvirtConnection daemon) {
        images.forget();
        looked = Deadline.in(Duration.ZERO);
        if (!daemon.hasPool(name)) {
            daemon.definePool(Xml.document("pool", pool -> pool.text("name", name).text("uuid", Site.pool(name))
                    .tag("target", target -> target.text("path", wanted)), "type", "dir"));
        }
        daemon.startPool(name);
        folder = Xml.textAt(Xml.read(daemon.poolXml(name)), "target", "path").orElse(wanted);
        sign = Xml.textAt(Xml.read(daemon.capabilities()), "host", "uuid").map(SIGN::concat);
        signed = false;
    }

    /**
     * Takes the pool away that {@link #open} defined, once nothing lies in it; its folder, too, unless somebody named it. What other machines keep
     * in the same folder stays there, and is no reason to keep the pool unless a guest of this one needs it.
     */
    void leave() {
        left = true;
        var daemon = link.slow().within(Duration.ofMinutes(1));
        if (!reached || !daemon.hasPool(name) || !isOurs(daemon)) {
            return;
        }
        refresh(daemon);
        var files = daemon.volumes(name);
        var others = files.stream().filter(volume -> sign.filter(volume.name()::equals).isEmpty()).toList();
        if (others.isEmpty() || isShared(files) && !isUsed(daemon, List.of(), "")) {
            files.stream().filter(volume -> !others.contains(volume)).forEach(daemon::deleteVolume);
            daemon.stopPool(name);
            if (ownFolder && others.isEmpty()) {
                removeFolder(daemon);
            }
            daemon.undefinePool(name);
        }
    }

    /** Known by its UUID or, from before pools had one of ours, by being what was made then: under the name and in the folder that nobody has chosen. */
    private boolean isOurs(LibvirtConnection daemon) {
        var pool = Xml.read(daemon.poolXml(name));
        return Xml.textAt(pool, "uuid").filter(Site.pool(name).toString()::equals).isPresent()
                || name.equals(USUAL) && ownFolder && pool.getAttribute("type").equals("dir") && Xml.textAt(pool, "target", "path").filter(wanted::equals).isPresent();
    }

    /** What libvirt does not list lies in it, perhaps, and keeps it. */
    private void removeFolder(LibvirtConnection daemon) {
        try {
            daemon.deletePool(name);
        } catch (HostFailure failure) {
            if (failure.kind() != Kind.REFUSED) {
                throw failure;
            }
            LOG.info("{} of {} stays: {}", folder, link, failure.getMessage());
        }
    }

    /** By a disk of any guest of the host; another site's image of the same content, in a pool of its own, is none of ours. */
    boolean isUsed(LibvirtConnection daemon, List<Volume> volumes, String file) {
        var path = folder() + "/" + file;
        return daemon.domains(0).stream().anyMatch(dom -> daemon.xml(dom, 0).contains(path))
                || volumes.stream().filter(each -> !each.name().startsWith("image-"))
                .anyMatch(each -> Xml.textAt(Xml.read(daemon.volumeXml(each)), "backingStore", "path").filter(backing -> backing.contains(path)).isPresent());
    }

    /** What there is to put images and disks in. */
    StorageCalls.Space space(LibvirtConnection daemon) {
        return reached ? daemon.space(name) : new StorageCalls.Space(0, 0);
    }

    /** @throws HostFailure UNSUPPORTED where nothing can be put */
    void requireReached() {
        if (!reached) {
            throw new HostFailure(Kind.UNSUPPORTED, "%s keeps its disks where libvirtd does not reach them, so no image, disk or VEE can be put there: give the VEE another host.".formatted(link));
        }
    }

    List<Volume> volumes(LibvirtConnection daemon) {
        return reached ? daemon.volumes(name) : List.of();
    }

    /** What libvirt has seen here. A pool that somebody took away is made anew. */
    List<Volume> listed(LibvirtConnection daemon) {
        try {
            return volumes(daemon);
        } catch (HostFailure failure) {
            if (left || failure.kind() != Kind.BUSY || daemon.hasPool(name)) {
                throw failure;
            }
            open(daemon);
            return daemon.volumes(name);
        }
    }

    /** Every file here when other machines see them, too, and it is time to look again; else nothing. */
    List<Volume> sharedFiles(LibvirtConnection daemon) {
        if (!reached || !looked.isOver()) {
            return List.of();
        }
        looked = Deadline.in(BETWEEN_LOOKS);
        refresh();
        return daemon.volumes(name);
    }

    /** Before the first image or disk comes. It goes with the last image. */
    void leaveSign(LibvirtConnection daemon) {
        if (!signed) {
            sign.ifPresent(own -> make(daemon, own, 0, "raw", Optional.empty(), "0644"));
            signed = true;
        }
    }

    void takeSign(LibvirtConnection daemon) {
        var left = volumes(daemon);
        if (left.stream().allMatch(volume -> sign.filter(volume.name()::equals).isPresent())) {
            signed = false;
            left.forEach(daemon::deleteVolume);
        }
    }

    /** Whether other machines keep their files here, too: somebody has said so, or one has left its sign. */
    boolean isShared(List<Volume> volumes) {
        return declaredShared || volumes.stream().anyMatch(volume -> volume.name().startsWith(SIGN) && sign.filter(volume.name()::equals).isEmpty());
    }

    /** Whether the other machine keeps its files here, too, without anybody having said so; then both must be seen to do so. */
    boolean isAlsoOf(Pool other) {
        refresh();
        boolean also = other.sign.filter(this::hasFile).isPresent();
        if (also) {
            leaveSign(link.quick());
            other.refresh();
        }
        return also;
    }

    /** Finds what other machines have put here since. A driver that has no call for it looks at every question. */
    void refresh() {
        if (reached) {
            refreshPool();
        }
    }

    private void refreshPool() {
        Poor.ask(() -> {
            refresh(link.slow().within(Duration.ofMinutes(1)));
            return true;
        });
    }

    /** libvirt stops a pool whose folder is away when it looks; once that is back, somebody must start it again. */
    private void refresh(LibvirtConnection daemon) {
        try {
            daemon.refreshPool(name);
        } catch (HostFailure failure) {
            if (failure.kind() != Kind.REFUSED && failure.kind() != Kind.UNSUPPORTED) {
                throw failure;
            }
            daemon.resumePool(name);
        }
    }

    // ---- disks and other files of guests

    /** A copy-on-write disk; one that is there stays as it is. */
    void makeDisk(String disk, DataSize size, Optional<ImageFile> base) {
        var daemon = link.quick().within(Duration.ofSeconds(30));
        leaveSign(daemon);
        make(daemon, disk, size.bytes(), "qcow2", base, "0600");
    }

    /** A file with these bytes, replacing one of the name. Nearly always there is none, so that is not asked first. */
    void putFile(String file, long length, InputStream bytes) {
        var daemon = link.slow().within(LONG);
        var xml = volumeXml(file, length, "raw", Optional.empty(), "0600");
        var volume = made(daemon, file, xml).orElseGet(() -> {
            daemon.volume(name, file).ifPresent(daemon::deleteVolume);
            return make(daemon, file, length, "raw", Optional.empty(), "0600");
        });
        daemon.upload(volume, 0, length, bytes);
    }

    InputStream readFile(String file) {
        return link.slow().within(LONG).download(find(file), 0, 0);
    }

    Volume find(String file) {
        return link.quick().volume(name, file).orElseThrow(() -> new HostFailure(Kind.REFUSED, "The host has no file %s.".formatted(file)));
    }

    long length(String file) {
        return length(link.quick(), find(file))
                .orElseThrow(() -> new HostFailure(Kind.UNSUPPORTED, "The host does not say how long %s is.".formatted(file)));
    }

    /** Bytes of the file itself, which for a copy-on-write disk is not the size that a guest sees. Of an empty file libvirt says nothing. */
    static Optional<Long> length(LibvirtConnection daemon, Volume volume) {
        return Xml.textAt(Xml.read(daemon.volumeXml(volume)), "physical").map(Long::parseLong);
    }

    boolean hasFile(String file) {
        return link.quick().volume(name, file).isPresent();
    }

    void deleteFile(String file) {
        var daemon = link.quick().within(Duration.ofSeconds(30));
        daemon.volume(name, file).ifPresent(daemon::deleteVolume);
    }

    /** Every file here, whichever machine has put it here. */
    List<Volume> files() {
        var seen = volumes(link.quick());
        if (!isShared(seen)) {
            return seen;
        }
        refresh();
        return link.quick().volumes(name);
    }

    /** Every file here unless other machines see them, too. */
    List<Volume> ownFiles() {
        refresh();
        var seen = volumes(link.quick());
        return isShared(seen) ? List.of() : seen;
    }

    /** A whole copy of a disk that stands alone. */
    void flatten(String from, String to, DataSize size) {
        var daemon = link.slow().within(LONG);
        daemon.volume(name, to).ifPresent(daemon::deleteVolume);
        daemon.copyVolume(name, volumeXml(to, size.bytes(), "qcow2", Optional.empty(), "0600"), find(from));
    }

    void resizeDisk(String disk, DataSize size) {
        var daemon = link.slow().within(Duration.ofMinutes(1));
        var volume = find(disk);
        if (daemon.volumeCapacity(volume) < size.bytes()) {
            daemon.resizeVolume(volume, size.bytes());
        }
    }

    /** The volume of this name, new or as it is. */
    Volume make(LibvirtConnection daemon, String file, long capacity, String format, Optional<ImageFile> base, String mode) {
        return made(daemon, file, volumeXml(file, capacity, format, base, mode)).or(() -> daemon.volume(name, file))
                .orElseThrow(() -> new HostFailure(Kind.BUSY, "The file %s came and went.".formatted(file)));
    }

    /** The new volume; empty when there is one already, which not every driver says in the same words. */
    private Optional<Volume> made(LibvirtConnection daemon, String file, String xml) {
        try {
            return daemon.createVolume(name, xml);
        } catch (HostFailure failure) {
            if (failure.kind() != Kind.REFUSED || daemon.volume(name, file).isEmpty() && !isSeenAnew(daemon, file)) {
                throw failure;
            }
            return Optional.empty();
        }
    }

    /** Another machine may have put it here. */
    private boolean isSeenAnew(LibvirtConnection daemon, String file) {
        refresh();
        return daemon.volume(name, file).isPresent();
    }

    private String volumeXml(String file, long capacity, String format, Optional<ImageFile> base, String mode) {
        return Xml.document("volume", volume -> {
            volume.text("name", file).text("capacity", capacity, "unit", "bytes").text("allocation", 0, "unit", "bytes");
            volume.tag("target", target -> target.tag("format", "type", format).tag("permissions", rights -> rights.text("mode", mode)));
            base.ifPresent(image -> volume.tag("backingStore", backing -> backing.text("path", folder + "/" + Site.image(image))
                    .tag("format", "type", image.format())));
        });
    }
}
