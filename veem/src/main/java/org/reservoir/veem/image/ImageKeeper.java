package org.reservoir.veem.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.veem.kept.ImageTable;
import org.reservoir.veem.kept.Loop;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears away what nobody needs: stored images, files of transfers that ended or were cut off, disks kept for VEEs that have them back, images
 * in hosts' caches. It is the only one who does, so nobody else has to be told to; killed at any moment it finds the same things again.
 * What is not needed now may be needed by somebody who is just writing that down: it goes only when it was needless for a while.
 */
public final class ImageKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ImageKeeper.class);
    private static final Duration TURN = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofMinutes(10);
    private static final Pattern ARRIVING = Pattern.compile("(image-[0-9]+|vee-[0-9]+)(-disk-[0-9]+)?(\\..*)?");
    private static final Pattern KEPT = Pattern.compile("(vee-[0-9]+)-disk-([0-9]+)(\\.part)?");

    private final SiteDatabase database;
    private final StoredImages stored;
    private final ImageUses uses;
    private final Path arriving;
    private final Path kept;
    private final Function<HostId, Optional<VeeHost>> hosts;
    private final InstantSource clock;
    private final Map<String, Instant> needless = new HashMap<>();
    private Set<String> missing = Set.of();
    private Optional<Loop> loop = Optional.empty();

    /** @param hosts those that are connected now */
    public ImageKeeper(SiteDatabase database, StoredImages stored, ImageUses uses, Path arriving, Path kept, Function<HostId, Optional<VeeHost>> hosts, InstantSource clock) {
        this.database = database;
        this.stored = stored;
        this.uses = uses;
        this.arriving = arriving;
        this.kept = kept;
        this.hosts = hosts;
        this.clock = clock;
    }

    public void start() {
        loop = Optional.of(Loop.start(Thread.ofPlatform().name("veem-images").daemon(), "images cannot be cleared away", loop -> {
            tellMissing();
            loop.rest(TURN);
            turn(GRACE);
        }));
    }

    /** A server with another folder than the others, or a folder that was lost, is told as soon as it is so, not when a VEE does not start for it. */
    private void tellMissing() {
        var now = missing();
        if (!now.isEmpty() && !now.equals(missing)) {
            LOG.warn("Images of the site are not in {}: {}. VEEs that begin from them cannot be started from this server; servers of a site share that folder.", stored,
                    String.join(", ", now));
        }
        missing = now;
    }

    /** Names of images that are ready for the site and that this server does not have. */
    public Set<String> missing() {
        var ready = new HashMap<>(database.read(ImageTable::ready));
        ready.keySet().removeAll(stored.digests());
        return new TreeSet<>(ready.values());
    }

    /** Looks once at everything. @param grace for how long a thing must have been needless */
    public synchronized void turn(Duration grace) {
        database.run(transaction -> ImageTable.failUnsaved(transaction.sql()));
        var caches = database.read(ImageTable::cached);
        var digests = new HashSet<>(stored.digests());
        caches.values().forEach(digests::addAll);
        var unneeded = digests.isEmpty() ? Set.<String>of() : database.read(sql -> ImageTable.unneeded(sql, digests));
        var files = files(arriving, this::isArriving);
        var disks = files(kept, this::isKept);
        var ripe = ripe(unneeded, files, disks, grace);
        files.stream().filter(ripe::contains).forEach(name -> remove(arriving.resolve(name)));
        disks.stream().filter(ripe::contains).forEach(name -> remove(kept.resolve(name)));
        unneeded.stream().filter(ripe::contains).forEach(digest -> database.run(transaction -> stored.removeUnneeded(transaction, digest)));
        caches.forEach((_, cached) -> cached.retainAll(ripe));
        clear(caches);
        uses.forgetNoted();
    }

    private Set<String> ripe(Set<String> digests, Set<String> files, Set<String> disks, Duration grace) {
        var now = clock.instant();
        var all = new HashSet<>(digests);
        all.addAll(files);
        all.addAll(disks);
        needless.keySet().retainAll(all);
        all.forEach(name -> needless.putIfAbsent(name, now));
        return needless.entrySet().stream().filter(it -> !it.getValue().plus(grace).isAfter(now)).map(Map.Entry::getKey).collect(Collectors.toSet());
    }

    // ---- files

    /** The names of the folder's files that are needed for nothing. */
    private static Set<String> files(Path folder, Predicate<String> needed) {
        try (var all = Files.list(folder)) {
            var names = all.map(file -> file.getFileName().toString()).toList();
            return names.stream().filter(name -> !needed.test(name)).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isArriving(String name) {
        var match = ARRIVING.matcher(name);
        if (!match.matches()) {
            return true;
        }
        return match.group(2) == null ? database.read(sql -> ImageTable.find(sql, ImageId.parse(match.group(1)))).filter(ImageTable.Row::arrives).isPresent()
                : vee(match.group(1)).filter(vee -> vee.state().passing()).isPresent();
    }

    private boolean isKept(String name) {
        var match = KEPT.matcher(name);
        return !match.matches() || vee(match.group(1)).filter(vee -> mayNeed(vee, Integer.parseInt(match.group(2)))).isPresent();
    }

    private Optional<VeeRecord> vee(String id) {
        return database.read(sql -> VeeTable.find(sql, VeeId.parse(id))).filter(vee -> vee.state() != VeeState.TERMINATED);
    }

    private static boolean mayNeed(VeeRecord vee, int disk) {
        return vee.state().passing() || vee.state() == VeeState.FAILED || vee.parts().disks().stream().anyMatch(part -> part.number() == disk && part.kept());
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- hosts

    private void clear(Map<HostId, Set<String>> caches) {
        try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
            caches.forEach((host, digests) -> hosts.apply(host).filter(_ -> !digests.isEmpty()).ifPresent(open -> each.submit(() -> clear(host, open, digests))));
        }
    }

    /** What a disk on the host still needs stays, and is asked about again. */
    private void clear(HostId host, VeeHost open, Set<String> digests) {
        try {
            for (var digest : digests) {
                if (open.dropImage(digest)) {
                    database.run(transaction -> ImageTable.dropped(transaction.sql(), host, digest));
                }
            }
        } catch (HostFailure failure) {
            LOG.info("{} keeps images that are not needed: {}", host, failure.getMessage());
        }
    }

    @Override
    public void close() {
        loop.ifPresent(Loop::end);
    }
}
