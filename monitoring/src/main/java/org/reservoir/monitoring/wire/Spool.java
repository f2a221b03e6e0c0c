package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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

    private final long mostBytes;
    private final FileChannel guard;
    private final Guard lock = new Guard();
    private final ReentrantLock forcing = new ReentrantLock();
    private final SpoolFiles files;
    private final SpoolMarks marks;
    private final Map<StreamKey, StreamInfo> told = new HashMap<>();
    private final KeptWriter records = new KeptWriter();
    private final byte[] bytes = new byte[SpoolFile.HEAD + Frame.LARGEST + Cursor.SLACK];
    private final Cursor out = new Cursor();
    private final Thread forcer;
    private long last;
    private long forced;
    private long refused;
    private long lost;
    private volatile boolean closed;

    private Spool(Path directory, long mostBytes) throws IOException {
        this.mostBytes = mostBytes;
        Files.createDirectories(directory);
        guard = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (guard.tryLock() == null) {
            throw new IOException("another process uses it");
        }
        marks = new SpoolMarks(directory);
        files = new SpoolFiles(directory);
        last = files.remember(marks);
        forced = files.newest().filter(rest -> rest.rows() > 0).isPresent() ? last - 1 : last; // what is there was perhaps never forced
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

    /** The number of the oldest row that is still there; of the next one when none is. */
    public long first() {
        return lock.hold(() -> files.of(0).map(oldest -> oldest.first).orElse(last + 1));
    }

    /** Rows up to this number are no longer needed by anybody. */
    public long settled() {
        return lock.hold(marks::settled);
    }

    /** Rows that were refused because there was no room, or the disk did not take them. Those of other spools come again. */
    public long refused() {
        return lock.hold(() -> refused);
    }

    /** Of these, measurements made here: nobody brings them a second time. */
    public long lost() {
        return lock.hold(() -> lost);
    }

    /** Keeps a measurement made here. False when it was refused. */
    public boolean keep(StreamInfo stream, long sequence, Row row) {
        return lock.hold(() -> {
            boolean kept = add(stream, sequence, row, marks.id(), last + 1);
            lost += kept ? 0 : 1;
            return kept;
        });
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
            if (number > mark + 1 || closed) { // it comes again, to whoever opens it next
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
        return reader(number).all(taker);
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

    /**
     * Numbers on behind {@code number}, up to which a reader has all: where the directory is an older copy, what comes next would else bear
     * numbers that it takes for read.
     *
     * @return whether it was behind
     */
    public boolean catchUp(long number) throws IOException {
        lock.lock();
        try {
            boolean behind = number > last;
            if (behind) {
                last = number;
                begin();
            }
            return behind;
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of rows that are needed no more: whole files of them. */
    public void settle(long number) {
        lock.hold(() -> {
            marks.settle(Math.min(number, last));
            if (files.hasWhole(marks.settled()) || isFullAndSettled()) {
                drop();
            }
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
                if (forced == last || files.newest().isEmpty()) {
                    return;
                }
                upTo = last;
                file = files.newest().get();
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
        return lock.hold(() -> files.of(number));
    }

    Optional<SpoolFile> fileAfter(SpoolFile file) {
        return lock.hold(() -> files.after(file));
    }

    @Override
    public void close() throws IOException {
        closed = true;
        forcer.interrupt();
        force();
        lock.lock();
        try {
            files.close();
        } finally {
            lock.unlock();
        }
        guard.close();
    }

    private boolean add(StreamInfo stream, long sequence, Row row, long origin, long number) {
        try {
            if (files.stored() >= mostBytes) {
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

    private SpoolFile current() throws IOException {
        return files.newest().isEmpty() || files.isFull() ? begin() : files.newest().get();
    }

    private SpoolFile begin() throws IOException {
        if (files.newest().isPresent()) {
            files.newest().get().force();
            forced = last;
        }
        var file = files.begin(last + 1);
        told.clear(); // each file can be read by itself
        return file;
    }

    private boolean isFullAndSettled() {
        return marks.settled() == last && files.isFull();
    }

    private void drop() {
        try {
            if (isFullAndSettled()) {
                begin();
            }
            files.newest().orElseThrow().force(); // before the marks: they must never say more than the disk holds
            forced = last;
            marks.write();
            files.dropWhole(marks.settled());
        } catch (IOException _) {
            // they stay a little longer: the next time may go better, and nothing is lost
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
