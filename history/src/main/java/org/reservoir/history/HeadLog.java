package org.reservoir.history;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;

/**
 * The log of one head: what is in it is safe. A frame defines lines (before their first row in this log) or holds rows; see {@link Frames} for
 * what becomes of damaged ones. Not for several threads.
 */
final class HeadLog implements AutoCloseable {
    private static final int LINE = 1;
    private static final int ROWS = 2;
    private static final int FRAME = 1 << 20;
    /** Rows that go into the log and then into the head: few enough that their lines are still in the processor's cache. */
    private static final int AT_ONCE = 1 << 11;

    /** Frames that are written at once: a new log begins with a frame for each of very many lines. */
    private static final int TOGETHER = 1 << 16;

    private final FileChannel channel;
    private final ByteBuffer together = ByteBuffer.allocate(TOGETHER);
    private final Run[] runs = new Run[AT_ONCE];
    private final Bytes definition = Frames.frame();
    private final Bytes rows = Frames.frame();
    /** Of the row before in the frame. */
    private long time;

    HeadLog(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** Labels of a line's subject, as they are written down with it. */
    @FunctionalInterface
    interface LabelsOf {
        Labels labels(Line line);
    }

    /** All rows of the batch, safe when it returns; when it throws, none of it is in the log. In the head they are in either case. */
    void write(Batch batch, Head head, LabelsOf labels) throws IOException {
        long before = channel.position();
        var news = new ArrayList<Run>();
        int row = 0;
        int value = 0;
        try {
            while (row < batch.rows) {
                int to = Math.min(batch.rows, row + AT_ONCE);
                find(batch, row, to, head);
                define(to - row, labels, news);
                log(batch, row, to, value);
                value = head.add(batch, row, to, value);
                row = to;
            }
            write(rows);
            flush();
            channel.force(false);
        } catch (IOException e) {
            head.add(batch, row, batch.rows, value);
            news.forEach(run -> run.logged = false);
            definition.clear();
            rows.clear();
            together.clear();
            channel.truncate(before);
            throw e;
        }
    }

    /** In a loop of its own: there the processor waits for many lines at once, and among all else for one after the other. */
    private void find(Batch batch, int begin, int end, Head head) {
        for (int i = begin; i < end; i++) {
            runs[i - begin] = batch.lines[i].run(head);
        }
    }

    /** Definitions go before the rows of the lines that the log does not know. */
    private void define(int count, LabelsOf labels, List<Run> news) throws IOException {
        for (int i = 0; i < count; i++) {
            if (!runs[i].logged) {
                define(runs[i], labels);
                news.add(runs[i]);
            }
        }
    }

    private void log(Batch batch, int begin, int end, int value) throws IOException {
        int from = value;
        for (int i = begin; i < end; i++) {
            if (rows.size() == 0) {
                rows.one(ROWS);
                time = 0;
            }
            int width = batch.lines[i].width();
            rows.row(runs[i - begin].number, batch.times[i] - time, batch.values, from, width);
            from += width;
            time = batch.times[i];
            if (rows.size() >= FRAME) {
                write(rows);
            }
        }
    }

    private void define(Run run, LabelsOf labels) throws IOException {
        run.logged = true;
        definition.one(LINE).number(run.number);
        described(definition, run.line.subject(), run.line.names(), labels.labels(run.line));
        write(definition);
    }

    private void write(Bytes frame) throws IOException {
        if (frame.size() > 0) {
            var bytes = Frames.closed(frame);
            if (bytes.remaining() > together.remaining()) {
                flush();
            }
            if (bytes.remaining() <= together.remaining()) {
                together.put(bytes);
            } else {
                write(bytes);
            }
        }
        frame.clear();
    }

    private void flush() throws IOException {
        write(together.flip());
        together.clear();
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    static void described(Bytes into, Subject subject, List<String> names, Labels labels) {
        into.text(subject.toString()).text(labels.service().map(ServiceId::toString).orElse("")).text(labels.component().orElse(""))
                .text(labels.host().map(HostId::toString).orElse("")).number(names.size());
        names.forEach(into::text);
    }

    /** Subject, names and labels, as read. */
    record Described(Subject subject, List<String> names, Labels labels) {
        static Described read(ByteBuffer from) {
            var subject = Subject.parse(Bytes.text(from));
            var labels = new Labels(some(Bytes.text(from)).map(ServiceId::parse), some(Bytes.text(from)), some(Bytes.text(from)).map(HostId::parse));
            var names = new ArrayList<String>();
            for (long left = Bytes.number(from); left > 0; left--) {
                names.add(Bytes.text(from));
            }
            return new Described(subject, List.copyOf(names), labels);
        }

        private static Optional<String> some(String text) {
            return Optional.of(text).filter(there -> !there.isEmpty());
        }
    }

    /** Who is told what a log held. */
    interface Reader {
        Line line(Described described);

        void row(Line line, long at, double[] values);
    }

    /** @param damaged bytes that belong to no whole frame @param cut whole frames that were not read to their end, for the definition of a line was damaged */
    record Replayed(long damaged, long cut) {}

    static Replayed replay(Path file, Reader reader) throws IOException {
        Map<Integer, Line> lines = new HashMap<>();
        var cut = new AtomicLong();
        var read = Frames.read(file, frame -> {
            if (frame.get() == LINE) {
                int number = (int) Bytes.number(frame);
                lines.put(number, reader.line(Described.read(frame)));
            } else if (!rows(frame, lines, reader)) {
                cut.incrementAndGet();
            }
        });
        return new Replayed(read.damaged(), cut.get());
    }

    /** False when there are rows of a line whose definition was damaged: then the rest cannot be read, for their width is not known. */
    private static boolean rows(ByteBuffer frame, Map<Integer, Line> lines, Reader reader) {
        long time = 0;
        while (frame.hasRemaining()) {
            var line = lines.get((int) Bytes.number(frame));
            if (line == null) {
                return false;
            }
            time += Bytes.signed(frame);
            var values = new double[line.width()];
            for (int i = 0; i < values.length; i++) {
                values[i] = frame.getDouble();
            }
            reader.row(line, time, values);
        }
        return true;
    }
}
