package org.reservoir.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.History;
import org.reservoir.monitoring.history.Pen;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * History in a folder of this machine. Rows wait in a bounded queue until the {@link Writer} puts them into the head's log, all that came within
 * {@link HistoryPolicy#commit()} at once; from then on they are safe. The head is also in memory, and read there. Full or old enough, it becomes
 * a segment by the {@link Keeper}, who also makes roll-ups of segments, lets old ones go and minds the disk.
 */
public final class TsFileHistory implements History {
    private static final Logger LOG = LoggerFactory.getLogger(TsFileHistory.class);
    private static final Pen NO_ROOM = (_, _) -> false;

    private final HistoryPolicy policy;
    private final InstantSource clock;
    private final Catalog catalog;
    private final Store store;
    private final Intake intake;
    private final Writer writer;
    private final Keeper keeper;

    private TsFileHistory(HistoryPolicy policy, InstantSource clock, Catalog catalog, Store store) {
        this.policy = policy;
        this.clock = clock;
        this.catalog = catalog;
        this.store = store;
        intake = new Intake(policy.queue());
        writer = new Writer(policy, intake, catalog, store, clock);
        keeper = new Keeper(policy, writer, store, catalog, clock);
    }

    /**
     * Opens what is in {@code folder}, or begins anew where nothing is. What a killed server had made safe is there; a table of contents that is lost or
     * cannot be believed is made anew from the segments, which is told in the log.
     *
     * @throws Refused {@code HISTORY_UNREADABLE} when the folder cannot be used; then nothing in it was changed
     */
    public static TsFileHistory open(Path folder, HistoryPolicy policy, InstantSource clock) {
        try {
            Files.createDirectories(folder);
            var catalog = new Catalog(folder, policy.series());
            var store = new Store(folder, catalog, contents(folder));
            if (!catalog.load(clock.millis(), store.contents().names())) {
                store.name(clock.millis());
            }
            catalog.tidy();
            store.clear();
            var history = new TsFileHistory(policy, clock, catalog, store);
            history.begin(folder);
            return history;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static Contents contents(Path folder) throws IOException {
        var read = Contents.read(folder);
        var contents = read.isPresent() ? read.get() : recovered(folder);
        return contents.numberedFrom(Math.max(contents.next(), logs(folder).stream().mapToLong(TsFileHistory::number).max().orElse(0) + 1));
    }

    /** Of a folder in which nothing is yet, too. */
    private static Contents recovered(Path folder) throws IOException {
        try {
            return Recovery.of(folder);
        } catch (IOException e) {
            LOG.error("the table of contents of {} is lost or damaged, and cannot be made anew: {}. Nothing was changed. Put the file 'contents' back from a backup, "
                    + "move segments that do not fit elsewhere, or all of the folder to begin anew", folder, e.getMessage());
            throw new IOException("the table of contents of %s is lost or damaged, and cannot be made anew: %s".formatted(folder, e.getMessage()), e);
        }
    }

    private void begin(Path folder) throws IOException {
        var head = new Head(new Slabs(policy.head()));
        for (var log : logs(folder)) {
            var read = HeadLog.replay(log, new HeadLog.Reader() {
                @Override
                public Line line(HeadLog.Described described) {
                    return catalog.line(described.subject(), described.names(), described.labels(), clock.millis()).orElseGet(() -> new Line(described.subject(), described.names()));
                }

                @Override
                public void row(Line line, long at, double[] values) {
                    head.add(line, at, values, 0);
                }
            });
            if (read.damaged() > 0) {
                LOG.warn("of {} {} bytes belong to no whole frame and were left out; so were rows of {} frames whose series they named", log.getFileName(), read.damaged(), read.cut());
            }
        }
        long next = store.number();
        writer.start(next, sealed(head, next) ? Optional.empty() : Optional.of(head));
        keeper.start();
    }

    /** False when there is no room for it: the keeper will try again, and until then it is read in memory and stays in its logs. */
    private boolean sealed(Head head, long next) {
        try {
            store.seal(head, next, clock.millis());
            return true;
        } catch (IOException e) {
            LOG.warn("what was in the log of the history is not made a segment yet: {}", e.getMessage());
            return false;
        }
    }

    private static List<Path> logs(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("head-[0-9]+\\.log"))
                    .sorted(java.util.Comparator.comparingLong(TsFileHistory::number)).toList();
        }
    }

    private static long number(Path log) {
        return Long.parseLong(log.getFileName().toString().replaceAll("[^0-9]", ""));
    }

    @Override
    public Pen pen(Subject subject, List<String> names, Labels labels) {
        return catalog.line(subject, names, labels, clock.millis()).map(this::pen).orElseGet(() -> {
            intake.drop(1);
            return NO_ROOM;
        });
    }

    private Pen pen(Line line) {
        int width = line.width();
        return (at, values) -> {
            if (values.length != width) {
                throw new IllegalStateException("%d values for %s of %s".formatted(values.length, line.names(), line.subject()));
            }
            return intake.offer(line, at, values);
        };
    }

    @Override
    public List<Series> series(Wanted wanted, int most) {
        return catalog.series(wanted, most);
    }

    @Override
    public List<Points> points(Wanted wanted, Span span, int most) {
        return read((contents, segments) -> {
            var all = new ArrayList<Points>();
            int left = most;
            for (var series : catalog.series(wanted, Integer.MAX_VALUE)) {
                var points = new Answering(series, span, contents, segments, heads(), catalog).points();
                left = spent(left, points.count(), most);
                if (points.count() > 0) {
                    all.add(points);
                }
            }
            return all;
        });
    }

    @Override
    public List<Buckets> buckets(Wanted wanted, Span span, Duration step, int most) {
        return read((contents, segments) -> {
            var all = new ArrayList<Buckets>();
            int left = most;
            for (var series : catalog.series(wanted, Integer.MAX_VALUE)) {
                var buckets = new Answering(series, span, contents, segments, heads(), catalog).buckets(step.toMillis());
                left = spent(left, buckets.count(), most);
                if (buckets.count() > 0) {
                    all.add(buckets);
                }
            }
            return all;
        });
    }

    private static int spent(int left, int count, int most) {
        if (count > left) {
            throw new Refused(Refused.Kind.TOO_LARGE, "TOO_MANY_POINTS", "This would be more than %d points.".formatted(most), "Ask for less time, fewer series or a longer step.");
        }
        return left - count;
    }

    /** The heads are looked at after the segments were fixed: what is sealed meanwhile is still in the head that was sealed. */
    private List<Head> heads() {
        return writer.heads();
    }

    private <T> T read(Store.Reading<T> reading) {
        try {
            return store.reading(reading);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static Refused unreadable(IOException e) {
        return Refused.unavailable("HISTORY_UNREADABLE", "The history cannot be read: %s.".formatted(Optional.ofNullable(e.getMessage()).orElse(e.toString())), "See the site's log.");
    }

    @Override
    public Health health() {
        long dropped = intake.dropped();
        return new Health(catalog.size(), intake.taken(), writer.kept(), dropped, store.contents().bytes(), String.join("; ", Arrays.asList(writer.trouble(), keeper.trouble())
                .stream().filter(text -> !text.isEmpty()).toList()));
    }

    /** Waits until what was taken so far is safe, or was given up. */
    public void settle() throws InterruptedException {
        writer.settle();
    }

    /** Has the head made a segment and all of it rolled up, now; waits for it. For those who would rather have it done at a quiet hour. */
    public void seal() throws InterruptedException {
        writer.settle();
        keeper.seal();
    }

    public HistoryPolicy policy() {
        return policy;
    }

    /** Makes safe what was taken, and ends. */
    @Override
    public void close() {
        keeper.close();
        writer.close();
        store.close();
    }
}
