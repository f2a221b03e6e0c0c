package org.reservoir.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Span;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the table of contents of a folder anew from its segments, when it is lost. What no file says, the counts of the roll-ups tell: which samples
 * are in them already, and up to when samples or minutes were let go. It reads all samples and what the roll-ups count, changes nothing before all fits
 * together, and refuses when it does not: one is damaged, or was made of others that are there too.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    /** How long the catalog's log was stood in the table alone: that it lacks its end is taken for granted, and the segments name their series. */
    private static final long NAMES_UNKNOWN = Long.MAX_VALUE;
    private static final Pattern SEGMENT = Pattern.compile("(raw|minute|hour)-([0-9]+)\\.tsfile");
    private static final Pattern NUMBERED = Pattern.compile("[a-z]+-([0-9]+)\\..*");

    private final Path folder;
    private final List<SegmentInfo> segments = new ArrayList<>();
    /** Those whose writing was not finished: no table has named them. */
    private final List<Path> unfinished = new ArrayList<>();
    private final Map<Long, Extent> extents = new HashMap<>();
    private final Set<Long> fresh = new HashSet<>();
    /** Segments of samples whose counts were checked as of those that are rolled up. */
    private final Set<Long> takenAsRolled = new HashSet<>();
    private Optional<IOException> misfit = Optional.empty();
    private long next = 1;
    private long rawFrom = Long.MIN_VALUE;
    private long minutesFrom = Long.MIN_VALUE;

    /** What a segment holds, as far as it was read. */
    private record Extent(long from, long to, long rows) {
        static final Extent NONE = new Extent(Long.MAX_VALUE, Long.MIN_VALUE, 0);

        Extent with(long[] times) {
            return times.length == 0 ? this : new Extent(Math.min(from, times[0]), Math.max(to, times[times.length - 1]), rows + times.length);
        }
    }

    private Recovery(Path folder) {
        this.folder = folder;
    }

    /**
     * The table, safely in the folder when this returns; where there are no segments it is empty.
     *
     * @throws IOException when a segment is damaged, or they do not fit together; then all is as it was
     */
    static Contents of(Path folder) throws IOException {
        var recovery = new Recovery(folder);
        recovery.list();
        if (!recovery.segments.isEmpty()) {
            LOG.warn("the table of contents of {} is lost or damaged; it is made anew from {} segments, which are read whole for that", folder, recovery.segments.size());
        }
        recovery.judge();
        for (var file : recovery.unfinished) {
            Files.move(file, file.resolveSibling(file.getFileName() + ".unfinished"), StandardCopyOption.ATOMIC_MOVE);
        }
        Contents.setAside(folder);
        var contents = recovery.contents();
        if (!contents.segments().isEmpty()) { // else it is written with the first segment: a history begins without room, too
            contents.write(folder);
        }
        return contents;
    }

    private void list() throws IOException {
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                var name = file.getFileName().toString();
                var numbered = NUMBERED.matcher(name);
                if (numbered.matches()) {
                    next = Math.max(next, Long.parseLong(numbered.group(1)) + 1);
                }
                var segment = SEGMENT.matcher(name);
                if (segment.matches()) {
                    take(file, Tier.valueOf(segment.group(1).toUpperCase(Locale.ROOT)), Long.parseLong(segment.group(2)));
                }
            }
        }
        segments.sort(Comparator.comparingLong(SegmentInfo::number)); // of two values of one time the later one counts
    }

    private void take(Path file, Tier tier, long number) throws IOException {
        var info = new SegmentInfo(tier, number, new Span(0, -1), 0, Files.size(file), false, BlockSums.checksum(file));
        if (info.sums().isEmpty() && !info.isWhole(folder)) { // checksums are written last
            unfinished.add(file);
        } else {
            segments.add(info);
        }
    }

    /** A later series may tell of a segment that it is fresh, when earlier ones did not: then all are checked again. */
    private void judge() throws IOException {
        eachSeries(parts -> {
            note(parts);
            check(parts);
        });
        if (!Collections.disjoint(takenAsRolled, fresh)) {
            rawFrom = Long.MIN_VALUE;
            minutesFrom = Long.MIN_VALUE;
            misfit = Optional.empty();
            eachSeries(this::check);
        }
        if (misfit.isPresent()) {
            throw misfit.get();
        }
    }

    private interface Visit {
        void see(Parts parts) throws IOException;
    }

    private void eachSeries(Visit visit) throws IOException {
        try (var walks = new Walks(folder, segments)) {
            for (var found = walks.next(); !found.isEmpty(); found = walks.next()) {
                visit.see(Parts.of(found));
            }
        }
    }

    /** Samples of a minute in which the roll-ups count fewer are in none of them yet, and so are all of their segment. */
    private void note(Parts parts) {
        parts.times().forEach((number, times) -> extents.merge(number, Extent.NONE.with(times), (before, _) -> before.with(times)));
        var rolled = parts.counts(Tier.MINUTE, parts.minutes());
        for (long number : parts.samples().keySet()) {
            if (parts.counts(Tier.MINUTE, one -> one == number).beyond(rolled).length > 0) {
                fresh.add(number);
            }
        }
    }

    /** What lacks of a finer tier was let go, samples before the minutes that were made of them. */
    private void check(Parts parts) {
        parts.samples().keySet().stream().filter(number -> !fresh.contains(number)).forEach(takenAsRolled::add);
        for (long minute : lacking(parts, Tier.MINUTE, parts.minutes(), parts.counts(Tier.MINUTE, number -> !fresh.contains(number)))) {
            rawFrom = Math.max(rawFrom, minute + Tier.MINUTE.step);
        }
        var samples = parts.counts(Tier.HOUR, _ -> true);
        for (long hour : lacking(parts, Tier.HOUR, parts.hours(), parts.counts(Tier.HOUR, parts.minutes()))) {
            if (samples.at(hour) > 0) {
                apart(parts, Tier.HOUR, hour, "more than its minutes");
            }
            minutesFrom = Math.max(minutesFrom, hour + Tier.HOUR.step);
        }
    }

    /** @return begins of buckets that count more samples than there are of the finer tier; a coarser tier has all that is in a finer one */
    private long[] lacking(Parts parts, Tier tier, List<Points> buckets, Counts finer) {
        var counts = parts.counts(tier, buckets);
        for (long start : finer.beyond(counts)) {
            apart(parts, tier, start, "fewer than what they were made of");
        }
        return counts.beyond(finer);
    }

    /** The first is told. */
    private void apart(Parts parts, Tier tier, long time, String how) {
        misfit = misfit.or(() -> Optional.of(
                new IOException("its segments do not fit together: of %s at %s the %ss count %s".formatted(parts.series().key(), Instant.ofEpochMilli(time), tier.word(), how))));
    }

    private Contents contents() {
        var all = segments.stream().filter(segment -> extents.containsKey(segment.number())).map(segment -> {
            var extent = extents.get(segment.number());
            var span = new Span(extent.from(), extent.to() + Math.max(0, segment.tier().step - 1));
            return new SegmentInfo(segment.tier(), segment.number(), span, extent.rows(), segment.bytes(), fresh.contains(segment.number()), segment.sums());
        }).toList();
        return new Contents(0, next, rawFrom, minutesFrom, all.isEmpty() ? 0 : NAMES_UNKNOWN, all);
    }
}
