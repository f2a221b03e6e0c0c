package org.reservoir.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.Series;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of a folder: written, read, gathered into larger ones with their roll-ups, let go. One thread writes; any number read, of
 * whom a change of the table of contents waits for the end. A crash leaves files behind that the table does not name; they are cleared away
 * when the folder is opened.
 */
final class Store implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    private final Path folder;
    private final Catalog catalog;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Map<Long, Segment> open = new LinkedHashMap<>();
    /** Files that are being written and are not yet in the table. */
    private final Set<String> making = new HashSet<>();
    /** Files that were found damaged when they were to be gathered, and what is wrong with each: they stay as they are. */
    private final Map<String, String> damaged = new ConcurrentHashMap<>();
    private final AtomicLong next;
    private volatile Contents contents;

    Store(Path folder, Catalog catalog, Contents contents) {
        this.folder = folder;
        this.catalog = catalog;
        this.contents = contents;
        next = new AtomicLong(contents.next());
        contents.segments().forEach(info -> open.put(info.number(), new Segment(folder, info)));
    }

    Contents contents() {
        return contents;
    }

    Path log(long number) {
        return folder.resolve("head-%d.log".formatted(number));
    }

    /** A number that no file has. */
    long number() {
        return next.getAndIncrement();
    }

    /** Writes a head as a segment; its log, and those before, are no longer needed when this returns. */
    void seal(Head head, long nextLog, long now) throws IOException {
        long number = number();
        var file = folder.resolve("raw-%d.tsfile".formatted(number));
        try (var writer = new SegmentWriter(file)) {
            head.columns((key, points) -> {
                writer.write(points.of(catalog.series(key)));
                catalog.heard(key, now);
            });
            var info = writer.finish(Tier.RAW, number, true);
            long names = catalog.save();
            commit(contents.changed(List.of(), info.rows() == 0 ? List.of() : List.of(info)).logsFrom(nextLog).named(names), List.of());
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
        clear();
    }

    /**
     * Joins segments and rolls up what is fresh, one {@link Chore} if there is any.
     *
     * @param anyway    whether little is rolled up too
     * @param most      bytes of samples that may be fresh
     * @param meanwhile called again and again while it lasts, which may be minutes: it may {@link #seal}
     * @return whether something was rolled up
     */
    boolean gather(boolean anyway, long most, Meanwhile meanwhile) throws IOException, InterruptedException {
        var chore = Chore.next(contents.changed(contents.segments().stream().filter(this::isDamaged).toList(), List.of()), anyway, most);
        try {
            switch (chore) {
                case Chore.RollUp rollUp -> rollUp(rollUp, meanwhile);
                case Chore.Join join -> join(join, meanwhile);
                case Chore.Nothing() -> { }
            }
        } catch (DamagedSegment e) {
            damaged.put(e.fileName(), e.getMessage());
            clear();
            return false;
        }
        return chore instanceof Chore.RollUp;
    }

    private boolean isDamaged(SegmentInfo segment) {
        return damaged.containsKey(segment.fileName());
    }

    /** What is wrong with segments that were to be gathered; empty when all is well. */
    String damage() {
        return damaged.isEmpty() ? "" : String.join("; ", damaged.values()) + "; nothing of it is answered, the rest is";
    }

    /** What else there is to do. */
    @FunctionalInterface
    interface Meanwhile {
        void turn() throws IOException, InterruptedException;
    }

    /** Minutes and hours of some segments of samples, which may become one. */
    private void rollUp(Chore.RollUp chore, Meanwhile meanwhile) throws IOException, InterruptedException {
        var fresh = chore.fresh();
        try (var walks = new Walks(folder, fresh); var raw = writer(Tier.RAW); var minutes = writer(Tier.MINUTE); var hours = writer(Tier.HOUR)) {
            for (var found = walks.next(); !found.isEmpty(); found = walks.next()) {
                meanwhile.turn();
                var series = catalog.series(found.getFirst().key());
                var points = Walks.points(series, found);
                if (chore.joins()) {
                    raw.out().write(points);
                }
                var ofMinutes = new Buckets.Gathering(Tier.MINUTE.step).add(points).buckets(series);
                minutes.out().write(ofMinutes);
                hours.out().write(new Buckets.Gathering(Tier.HOUR.step).add(ofMinutes).buckets(series));
            }
            var come = new ArrayList<>(List.of(minutes.finish(false), hours.finish(false)));
            come.addAll(chore.joins() ? List.of(raw.finish(false)) : fresh.stream().map(SegmentInfo::rolled).toList());
            commit(contents.changed(fresh, come), chore.joins() ? fresh : List.of());
        } finally {
            making.clear();
        }
        clear();
    }

    /** Some segments of a tier become one; buckets of the same time are added up. */
    private void join(Chore.Join chore, Meanwhile meanwhile) throws IOException, InterruptedException {
        var tier = chore.tier();
        try (var walks = new Walks(folder, chore.small()); var writer = writer(tier)) {
            for (var found = walks.next(); !found.isEmpty(); found = walks.next()) {
                meanwhile.turn();
                var series = catalog.series(found.getFirst().key());
                if (tier == Tier.RAW) {
                    writer.out().write(Walks.points(series, found));
                } else {
                    writer.out().write(sums(series, found, tier));
                }
            }
            commit(contents.changed(chore.small(), List.of(writer.finish(chore.fresh()))), chore.small());
        } finally {
            making.clear();
        }
        clear();
    }

    private static Buckets sums(Series series, List<SegmentWalk.Found> found, Tier tier) throws IOException {
        var sums = new Buckets.Gathering(tier.step);
        for (var each : found) {
            sums.add(each.buckets(series));
        }
        return sums.buckets(series);
    }

    private NewSegment writer(Tier tier) throws IOException {
        var made = new NewSegment(folder, tier, number());
        making.add(made.fileName());
        return made;
    }

    /** Lets go of what is older than its time, by the clock or by what was measured last, whichever is earlier. */
    void expire(HistoryPolicy policy, long now) throws IOException {
        long newest = contents.segments().stream().mapToLong(segment -> segment.span().to()).max().orElse(now);
        var old = contents.segments().stream().filter(segment -> (!segment.fresh() || isDamaged(segment))
                && segment.span().to() < Math.min(now, newest) - policy.keeps(segment.tier()).toMillis()).toList();
        for (var segment : old) {
            drop(segment);
        }
    }

    /** Lets the oldest go of what is least missed: samples that are rolled up, then samples, then minutes. False when nothing may go. */
    boolean makeRoom() throws IOException {
        var oldest = Comparator.comparing(SegmentInfo::tier).thenComparing(SegmentInfo::fresh).thenComparing(segment -> segment.span().to());
        var victim = contents.segments().stream().filter(segment -> segment.tier() != Tier.HOUR).min(oldest);
        if (victim.isPresent()) {
            drop(victim.get());
        }
        return victim.isPresent();
    }

    /** On a full disk the table of contents cannot be written before there is room, so the file goes first: without it nothing is read of it. */
    private void drop(SegmentInfo segment) throws IOException {
        lock.writeLock().lock();
        try {
            contents = contents.without(segment);
            open.remove(segment.number()).close();
            Files.deleteIfExists(segment.in(folder));
            Files.deleteIfExists(BlockSums.beside(segment.in(folder)));
            damaged.remove(segment.fileName());
        } finally {
            lock.writeLock().unlock();
        }
        contents.numberedFrom(next.get()).write(folder);
    }

    private void commit(Contents wanted, List<SegmentInfo> gone) throws IOException {
        var changed = wanted.changed(wanted.segments().stream().filter(segment -> segment.rows() == 0).toList(), List.of()).numberedFrom(next.get());
        changed.write(folder);
        lock.writeLock().lock();
        try {
            contents = changed;
            for (var segment : gone) {
                open.remove(segment.number()).close();
            }
            for (var info : changed.segments()) {
                var before = open.get(info.number());
                if (before == null || !before.info().equals(info)) {
                    open.put(info.number(), new Segment(folder, info));
                }
                if (before != null && !before.info().equals(info)) {
                    before.close();
                }
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Has the catalog know the series of all segments, when what it had written down is not whole. */
    void name(long now) throws IOException {
        for (var segment : contents.segments()) {
            try (var walks = new Walks(folder, List.of(segment))) {
                for (var found = walks.next(); !found.isEmpty(); found = walks.next()) {
                    catalog.heard(found.getFirst().key(), now);
                }
            } catch (DamagedSegment e) {
                LOG.warn("the series of a segment are not known: {}", e.getMessage());
            }
        }
    }

    /** Deletes files that the table of contents does not name. */
    void clear() throws IOException {
        var named = new TreeSet<String>();
        contents.segments().forEach(segment -> named.add(segment.fileName()));
        try (var files = Files.list(folder)) {
            for (var file : (Iterable<Path>) files::iterator) {
                var name = file.getFileName().toString();
                boolean spent = name.matches("head-[0-9]+\\.log") && Long.parseLong(name.substring(5, name.length() - 4)) < contents.firstLog();
                var segment = name.replaceFirst("\\.sums$", ".tsfile");
                if (spent || segment.endsWith(".tsfile") && !named.contains(segment) && !making.contains(segment)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Looks at segments while none of them may go.
     *
     * @param within what is asked of the lock's holder, all of whose looks see one and the same table of contents
     */
    <T> T reading(Reading<T> within) throws IOException {
        lock.readLock().lock();
        try {
            return within.read(contents, List.copyOf(open.values()));
        } finally {
            lock.readLock().unlock();
        }
    }

    @FunctionalInterface
    interface Reading<T> {
        T read(Contents contents, List<Segment> segments) throws IOException;
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            for (var segment : open.values()) {
                segment.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("segments cannot be closed", e);
        } finally {
            lock.writeLock().unlock();
        }
    }
}
