package org.reservoir.veeh.libvirt;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

import org.reservoir.interfaces.vhi.ByteSource;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.interfaces.vhi.Progress;
import org.reservoir.libvirtrpc.LibvirtConnection;
import org.reservoir.libvirtrpc.Volume;

/**
 * The images in a host's pool. One counts as cached once its {@code .ready} marker is there: libvirt cannot rename a volume, so the marker
 * is what makes a finished image appear at once. While an image is on its way its file is exactly as long as what has come, which is how a
 * transfer finds where to go on after any crash. Its length is the file's own, never libvirt's capacity: libvirt looks into files by itself
 * and, once it finds a qcow2 header, speaks of the disk that the header promises.
 */
final class ImageCache {
    private static final long CHUNK = 32L << 20;
    private static final String READY = ".ready";
    private static final Duration STILL_THERE = Duration.ofSeconds(5);

    private final Link link;
    private final Pool pool;
    private final Map<String, ReentrantLock> transfers = new ConcurrentHashMap<>();
    /** Images that were just found in the cache. Whoever deploys asks more than once for the same, and guests that come together all ask. */
    private final Map<String, Deadline> seen = new ConcurrentHashMap<>();

    ImageCache(Link link, Pool pool) {
        this.link = link;
        this.pool = pool;
    }

    /** What was found may be gone. */
    void forget() {
        seen.clear();
    }

    List<String> digests() {
        return pool.volumes(link.quick()).stream().map(Volume::name).filter(each -> each.startsWith("image-") && each.endsWith(READY))
                .map(each -> each.substring("image-".length(), each.length() - READY.length())).toList();
    }

    void require(List<ImageFile> images) {
        for (var image : images) {
            if (!has(image)) {
                throw new HostFailure(Kind.REFUSED, "Image %s is not in the cache of this host.".formatted(image.digest()));
            }
        }
    }

    boolean has(ImageFile image) {
        if (Optional.ofNullable(seen.get(image.digest())).filter(until -> !until.isOver()).isPresent()) {
            return true;
        }
        boolean there = link.quick().volume(pool.name(), marker(image.digest())).isPresent();
        if (there) {
            seen.put(image.digest(), Deadline.in(STILL_THERE));
        } else {
            seen.remove(image.digest());
        }
        return there;
    }

    /** Whoever finds the image there, as nearly everybody does, waits for nobody. */
    void bring(ImageFile image, ByteSource source, Progress progress) {
        pool.requireReached();
        if (!has(image)) {
            bringInTurn(image, source, progress);
        }
        progress.at(image.length(), image.length());
    }

    private void bringInTurn(ImageFile image, ByteSource source, Progress progress) {
        var turn = transfers.computeIfAbsent(image.digest(), _ -> new ReentrantLock());
        turn.lock();
        try {
            if (!has(image) && !hasBeenBroughtByAnother(image)) {
                transfer(image, source, progress);
            }
        } finally {
            turn.unlock();
        }
    }

    private boolean hasBeenBroughtByAnother(ImageFile image) {
        if (pool.isShared(link.quick().volumes(pool.name()))) {
            pool.refresh();
            return has(image);
        }
        return false;
    }

    /** The file grows by what is written. Its capacity tells nothing: once the header is there, libvirt takes the guest's view for it. */
    private void transfer(ImageFile image, ByteSource source, Progress progress) {
        var daemon = link.slow().within(Pool.LONG);
        pool.leaveSign(daemon);
        var volume = pool.make(daemon, Site.image(image), 0, "raw", Optional.empty(), "0644");
        for (long at = Math.max(0, (Pool.length(daemon, volume).orElse(0L) - 1) / CHUNK * CHUNK); at < image.length(); at += CHUNK) {
            send(daemon, volume, source, at, Math.min(CHUNK, image.length() - at));
            progress.at(Math.min(image.length(), at + CHUNK), image.length());
        }
        verify(daemon, volume, image);
        pool.make(daemon, marker(image.digest()), 0, "raw", Optional.empty(), "0644");
    }

    private static void send(LibvirtConnection daemon, Volume volume, ByteSource source, long at, long length) {
        try (var bytes = source.openAt(at)) {
            daemon.upload(volume, at, length, bytes);
        } catch (IOException broken) {
            throw new HostFailure(Kind.CORRUPT, "The bytes of %s could not be read: %s".formatted(volume.name(), broken.getMessage()), broken);
        }
    }

    /** Reads back what the host holds: nothing short of that shows that the bytes arrived. */
    private static void verify(LibvirtConnection daemon, Volume volume, ImageFile image) {
        var found = digest(daemon, volume);
        if (!found.equals(image.digest())) {
            daemon.deleteVolume(volume);
            throw new HostFailure(Kind.CORRUPT, "Image %s arrived as %s; it is thrown away.".formatted(image.digest(), found));
        }
    }

    private static String digest(LibvirtConnection daemon, Volume volume) {
        try (var bytes = daemon.download(volume, 0, 0)) {
            var sha = MessageDigest.getInstance("SHA-256");
            var buffer = new byte[1 << 18];
            for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
                sha.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException | IOException broken) {
            throw new HostFailure(Kind.UNREACHABLE, "%s could not be read back: %s".formatted(volume.name(), broken.getMessage()), broken);
        }
    }

    /** Removes the image unless a disk or a guest of any site still names it. */
    boolean drop(String digest) {
        var daemon = link.slow().within(Duration.ofMinutes(1));
        var volumes = pool.files();
        var files = volumes.stream().filter(each -> each.name().startsWith("image-" + digest + ".")).toList();
        if (pool.isUsed(daemon, volumes, "image-" + digest + ".")) {
            return false;
        }
        files.stream().filter(each -> each.name().endsWith(READY)).forEach(daemon::deleteVolume);
        files.stream().filter(each -> !each.name().endsWith(READY)).forEach(daemon::deleteVolume);
        seen.remove(digest);
        pool.takeSign(daemon);
        return true;
    }

    private static String marker(String digest) {
        return "image-" + digest + READY;
    }
}
