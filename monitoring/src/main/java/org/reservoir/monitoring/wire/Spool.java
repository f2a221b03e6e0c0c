package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

import org.reservoir.kernel.Guard;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamKey;

/**
 * Measurements on disk until somebody has taken them for good: what a sender keeps until it is acknowledged, and where a
 * receiver puts what it acknowledges. Rows are numbered from 1 without a gap. What {@link #keep} has accepted survives the
 * process at once and the machine when {@link #force} has run, which happens by itself every second. Each row also remembers
 * the spool it came from and its number there, so that a receiver that was killed knows afterwards what it has already.
 * Bounded: when it is full, new rows are refused and counted. One process at a time; safe for several threads.
 */
public final class Spool implements AutoCloseable {
    static final int SEGMENT = 1 << 20;
    private static final long FORCE_MILLIS = 1_000;

    /** What became of a row that came from another spool. */
    public enum Took { NEW, TWICE, AHEAD, FULL }

    private final Path directory;
    private final long mostBytes;
    private final FileChannel guard;
    private final Guard lock = new Guard();
    private final ReentrantLock forcing = new ReentrantLock();
    private final TreeMap<Long, SpoolFile> files = new TreeMap<>();
    private final SpoolMarks marks;
    private final Map<StreamKey, StreamInfo> told = new HashMap<>();
    private final KeptWriter records = new KeptWriter();
    private final byte[] bytes = new byte[SpoolFile.HEAD + Frame.LARGEST + Cursor.SLACK];
    private final Cursor out = new Cursor();
    private final Thread forcer;
    private long last;
    private long forced;
    private long refused;
    private volatile boolean closed;

    private Spool(Path directory, long mostBytes) throws IOException {
        this.directory = directory;
        this.mostBytes = mostBytes;
        Files.createDirectories(directory);
        guard = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (guard.tryLock() == null) {
            throw new IOException("another process uses it");
        }
        marks = new SpoolMarks(directory);
        remember();
        forcer = Thread.ofVirtual().name("spool").start(this::forceNowAndThen);
    }

    /**
     * Opens a directory of its own, made when it is not there; takes up what was in it.
     *
     * @throws Refused {@code SPOOL_UNUSABLE}
     */
    public static Spool open(Path directory, long mostBytes) {
        try {
            return new Spool(directory, mostBytes);
        } catch (IOException | java.nio.channels.OverlappingFileLockException e) {
            throw Refused.unavailable("SPOOL_UNUSABLE", "Measurements cannot be kept in %s: %s".formatted(directory, e.getMessage()), "Give each a directory of its own that can be written.");
        }
    }

    /** Tells it from all others; stays as long as the directory. */
    public long id() {
        return marks.id();
    }

    /** The number of the last row. */
    public long last() {
        return lock.hold(() -> last);
    }

    /** Rows up to this number are no longer needed by anybody. */
    public long settled() {
        return lock.hold(marks::settled);
    }

    /** Rows that were refused because there was no room, or the disk did not take them. */
    public long refused() {
        return lock.hold(() -> refused);
    }

    /** Keeps a measurement made here. False when it was refused. */
    public boolean keep(StreamInfo stream, long sequence, Row row) {
        return lock.hold(() -> add(stream, sequence, row, marks.id(), last + 1));
    }

    /**
     * Keeps a measurement that another spool holds under a number. Only the one after the last is new; whoever sends again
     * from there fills a gap.
     */
    public Took take(long origin, long number, StreamInfo stream, long sequence, Row row) {
        return lock.hold(() -> {
            long mark = marks.of(origin);
            if (number <= mark) {
                return Took.TWICE;
            }
            if (number > mark + 1) {
                return Took.AHEAD;
            }
            return add(stream, sequence, row, origin, number) ? Took.NEW : Took.FULL;
        });
    }

    /** Passes on a measurement of another spool of which not all are passed on. False when it was refused; what was passed on before is not again. */
    boolean relay(long origin, long number, StreamInfo stream, long sequence, Row row) {
        return lock.hold(() -> number <= marks.of(origin) || add(stream, sequence, row, origin, number));
    }

    /** What was kept, in order, from a number on; as {@link #read} gives it. */
    @FunctionalInterface
    public interface Taker {
        /** False to stop before this one. */
        boolean kept(long number, StreamInfo stream, long sequence, Row row);
    }

    /**
     * Reads what was kept after {@code number}, up to what is there now or the taker stops.
     *
     * @return the number of the last row that was taken
     */
    public long read(long number, Taker taker) throws IOException {
        var reader = reader(number);
        var words = new KeptRecords(SourceId::new);
        var in = new Cursor();
        long reached = number;
        for (var found = reader.next(); found.isPresent(); found = reader.next()) {
            in.over(found.get().bytes(), found.get().from(), found.get().to());
            long here = found.get().number();
            if (here == 0) {
                words.word(in);
            } else if (words.row(in, (stream, sequence, row) -> taker.kept(here, stream, sequence, row))) {
                reached = here;
            } else {
                break;
            }
        }
        return reached;
    }

    /** The highest number that was taken from another spool; 0 when nothing was. */
    public long mark(long origin) {
        return lock.hold(() -> marks.of(origin));
    }

    /** Takes another spool's word that all up to a number was taken by somebody before us, and is gone there. */
    void skip(long origin, long number) {
        lock.hold(() -> {
            marks.raise(origin, number);
        });
    }

    /** Lets go of rows that are needed no more: whole files of them. */
    public void settle(long number) {
        lock.hold(() -> {
            marks.settle(Math.min(number, last));
            return hasWholeFiles() || isFullAndSettled() ? drop() : files.size();
        });
    }

    /** Returns when all that was kept so far is on the disk. Several who wait share one write. */
    public void force() throws IOException {
        forcing.lock();
        try {
            SpoolFile file;
            long upTo;
            lock.lock();
            try {
                if (forced == last || files.isEmpty()) {
                    return;
                }
                upTo = last;
                file = files.lastEntry().getValue();
            } finally {
                lock.unlock();
            }
            file.force(); // those before it were forced when it was begun
            lock.hold(() -> forced = Math.max(forced, upTo));
        } finally {
            forcing.unlock();
        }
    }

    /** Reads from the row after {@code number} on. */
    SpoolReader reader(long number) {
        return new SpoolReader(this, number);
    }

    /** The file in which a row stands or will stand; the oldest when it is gone already. */
    Optional<SpoolFile> fileOf(long number) {
        return lock.hold(() -> {
            var entry = files.floorEntry(number);
            return Optional.ofNullable(entry == null ? files.firstEntry() : entry).map(Map.Entry::getValue);
        });
    }

    Optional<SpoolFile> fileAfter(SpoolFile file) {
        return lock.hold(() -> Optional.ofNullable(files.higherEntry(file.first)).map(Map.Entry::getValue));
    }

    @Override
    public void close() throws IOException {
        closed = true;
        forcer.interrupt();
        force();
        lock.lock();
        try {
            for (var file : files.values()) {
                file.close();
            }
        } finally {
            lock.unlock();
        }
        guard.close();
    }

    private boolean add(StreamInfo stream, long sequence, Row row, long origin, long number) {
        try {
            if (stored() >= mostBytes) {
                refused++;
                return false;
            }
            var file = current();
            if (!stream.equals(told.get(stream.key()))) {
                out.over(bytes, SpoolFile.HEAD, SpoolFile.HEAD + Frame.LARGEST);
                if (KeptWriter.putWord(out, stream)) {
                    file.add(bytes, out.at, false, origin, 0);
                    told.put(stream.key(), stream);
                }
            }
            out.over(bytes, SpoolFile.HEAD, SpoolFile.HEAD + Frame.LARGEST);
            if (!records.putRow(out, stream, sequence, row)) {
                refused++;
                return false;
            }
            file.add(bytes, out.at, true, origin, number);
            last++;
            marks.raise(origin, number);
            return true;
        } catch (IOException _) { // a full disk, say: the same as no room
            refused++;
            return false;
        }
    }

    /** All files but the last are of much the same length: no need to ask each. */
    private long stored() {
        return files.isEmpty() ? 0 : (files.size() - 1L) * SEGMENT + files.lastEntry().getValue().length();
    }

    private SpoolFile current() throws IOException {
        if (files.isEmpty() || files.lastEntry().getValue().length() >= SEGMENT) {
            begin();
        }
        return files.lastEntry().getValue();
    }

    private void begin() throws IOException {
        if (!files.isEmpty()) {
            files.lastEntry().getValue().force();
            forced = last;
        }
        files.put(last + 1, SpoolFile.create(directory, last + 1));
        told.clear(); // each file can be read by itself
    }

    private boolean hasWholeFiles() {
        return files.size() > 1 && files.higherKey(files.firstKey()) <= marks.settled() + 1;
    }

    private boolean isFullAndSettled() {
        return marks.settled() == last && !files.isEmpty() && files.lastEntry().getValue().length() >= SEGMENT;
    }

    private int drop() {
        try {
            if (isFullAndSettled()) {
                begin();
            }
            files.lastEntry().getValue().force(); // before the marks: they must never say more than the disk holds
            forced = last;
            marks.write();
            while (hasWholeFiles()) {
                files.pollFirstEntry().getValue().delete();
            }
        } catch (IOException _) {
            // they stay a little longer: the next time may go better, and nothing is lost
        }
        return files.size();
    }

    private void remember() throws IOException {
        last = marks.settled();
        try (var paths = Files.list(directory)) {
            for (var each : paths.filter(SpoolFile::isOne).sorted().toList()) {
                var file = SpoolFile.open(each);
                files.put(file.first, file);
                last = Math.max(last, file.first - 1 + file.rows());
                file.marks().forEach(marks::raise);
            }
        }
        if (!files.isEmpty()) {
            var rest = files.lastEntry().getValue();
            forced = rest.rows() == 0 ? last : last - 1; // what is there was perhaps never forced
        }
    }

    private void forceNowAndThen() {
        while (!closed) {
            try {
                Thread.sleep(FORCE_MILLIS);
                force();
            } catch (InterruptedException _) {
                return;
            } catch (IOException _) {
                // whoever acknowledges forces by himself and meets the failure there
            }
        }
    }
}
