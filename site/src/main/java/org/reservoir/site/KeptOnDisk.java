package org.reservoir.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.reservoir.monitoring.history.History;
import org.reservoir.monitoring.kinds.Figures;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.wire.Spool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of measuring this server keeps on its disk: how much room is left, what could not be kept, and what is wrong, in words. Tells it to
 * the log when it changes, and to whoever asks: the status, Prometheus, and a probe, so that alarms can be set on it. Decides nothing: a full disk
 * stops neither answers nor rules, which live in memory and in the database.
 */
final class KeptOnDisk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeptOnDisk.class);
    private static final Duration PACE = Duration.ofSeconds(2);
    /** Below both of these the disk is as good as full. */
    private static final long LEAST_BYTES = 256L << 20;
    private static final int LEAST_PERCENT = 2;

    private final Path folder;
    private final Spool inbox;
    private final Optional<History> history;
    private final Thread loop = Thread.ofVirtual().name("disk").unstarted(this::run);
    private long lostBefore;
    private volatile long gone;
    private volatile State state;

    /**
     * How it stands.
     *
     * @param free    bytes of the disk that can still be written
     * @param size    of the disk
     * @param waiting measurements for accounting that stand in the inbox
     * @param lost    measurements for accounting of this server's own probes that the inbox did not take, since it was opened; they count as others do
     * @param gone    measurements for accounting that were taken in after the backup was made from which the database comes: they are in no statement
     * @param dropped rows that the history did not keep, since it was opened
     * @param trouble empty when nothing is wrong
     */
    record State(long free, long size, long waiting, long lost, long gone, long dropped, String trouble) {}

    KeptOnDisk(Path folder, Spool inbox, Optional<History> history) {
        this.folder = folder;
        this.inbox = inbox;
        this.history = history;
        this.state = look();
    }

    void start() {
        loop.start();
    }

    /** Takes note that so many measurements for accounting are in no statement. */
    void gone(long measurements) {
        gone = measurements;
        state = look();
    }

    State state() {
        return state;
    }

    private State look() {
        long lost = inbox.lost();
        var health = history.map(History::health);
        long free = 0;
        long size = 0;
        var unreadable = "";
        try {
            var disk = Files.getFileStore(folder);
            free = disk.getUsableSpace();
            size = disk.getTotalSpace();
        } catch (IOException e) {
            unreadable = "the disk of %s cannot be read: %s".formatted(folder, e.getMessage());
        }
        boolean low = unreadable.isEmpty() && free < LEAST_BYTES && free < size * LEAST_PERCENT / 100;
        var trouble = Stream.of(unreadable, low ? "the disk of %s is nearly full: %d MiB are free".formatted(folder, free >> 20) : "",
                lost > lostBefore ? "the inbox took no more measurements for accounting" : "", health.map(History.Health::trouble).orElse("")).filter(text -> !text.isEmpty()).collect(Collectors.joining("; "));
        lostBefore = lost;
        return new State(free, size, inbox.last() - inbox.settled(), lost, gone, health.map(History.Health::dropped).orElse(0L), trouble);
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                var before = state;
                state = look();
                if (before.trouble().isEmpty() != state.trouble().isEmpty()) {
                    LOG.warn("{}", state.trouble().isEmpty() ? "all is kept on disk again; lost: %d for accounting, %d of the history".formatted(state.lost(), state.dropped()) : state.trouble());
                }
                Thread.sleep(PACE);
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException defect) { // a loop's edge
                LOG.warn("how the disk is cannot be told: {}", defect.toString());
            }
        }
    }

    /** For the site's status. */
    Map<String, String> facts() {
        var now = state;
        var facts = new LinkedHashMap<String, String>();
        facts.put("disk.free.bytes", Long.toString(now.free()));
        facts.put("inbox.waiting", Long.toString(now.waiting()));
        facts.put("inbox.lost", Long.toString(now.lost()));
        facts.put("inbox.gone", Long.toString(now.gone()));
        facts.put("history.dropped", Long.toString(now.dropped()));
        facts.put("disk.trouble", now.trouble().isEmpty() ? "none" : now.trouble());
        return facts;
    }

    /** In Prometheus' text format. */
    String exposition() {
        var now = state;
        return List.of(line("disk_free_bytes", "gauge", now.free()), line("disk_size_bytes", "gauge", now.size()), line("disk_trouble", "gauge", now.trouble().isEmpty() ? 0 : 1),
                line("inbox_waiting", "gauge", now.waiting()), line("inbox_lost_total", "counter", now.lost()), line("inbox_gone", "gauge", now.gone())).stream().collect(Collectors.joining());
    }

    private static String line(String name, String type, long value) {
        return "# TYPE reservoir_%s %s%nreservoir_%1$s %d%n".formatted(name, type, value);
    }

    /** As measurements of the site. */
    Probe probe() {
        return Figures.of("site_disk").level("free", "site.disk.free.bytes", "bytes").level("percent", "site.disk.free.percent", "percent").level("trouble", "site.disk.trouble", "")
                .level("waiting", "site.inbox.waiting", "").level("lost", "site.inbox.lost", "").level("gone", "site.inbox.gone", "").level("dropped", "site.history.dropped", "").end().asking(() -> {
                    var now = state;
                    return Map.of("free", now.free(), "percent", now.size() == 0 ? 0 : 100 * now.free() / now.size(), "trouble", now.trouble().isEmpty() ? 0L : 1L,
                            "waiting", now.waiting(), "lost", now.lost(), "gone", now.gone(), "dropped", now.dropped());
                });
    }

    @Override
    public void close() {
        loop.interrupt();
    }
}
