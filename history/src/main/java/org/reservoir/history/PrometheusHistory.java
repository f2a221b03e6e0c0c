package org.reservoir.history;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.WriteRequest;
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
 * History in a store that takes Prometheus' remote write and answers PromQL: VictoriaMetrics, Mimir, Thanos. Rows wait in a bounded queue and are
 * sent once a second; a store that does not answer is tried again for a while, then rows are dropped and counted. What the store keeps, and for
 * how long, is its own affair. Each series has one label more than elsewhere, {@code metric}, its name as Reservoir knows it.
 */
public final class PrometheusHistory implements History {
    private static final Logger LOG = LoggerFactory.getLogger(PrometheusHistory.class);
    private static final Duration PACE = Duration.ofSeconds(1);
    private static final int QUEUE = 1 << 19;
    private static final int SERIES = 1_000_000;
    private static final int REQUEST = 4 << 20;
    private static final Pen NO_ROOM = (_, _) -> false;

    private final PrometheusClient store;
    private final InstantSource clock;
    private final Catalog catalog = new Catalog(Path.of(""), SERIES);
    private final Intake intake = new Intake(QUEUE);
    private final Thread sender;
    private volatile boolean ending;
    private volatile long kept;
    private volatile String trouble = "";

    private PrometheusHistory(URI address, InstantSource clock) {
        store = new PrometheusClient(address);
        this.clock = clock;
        sender = Thread.ofPlatform().daemon().name("history-sender").unstarted(this::work);
    }

    /** @param address such as {@code http://127.0.0.1:8428}; need not answer yet */
    public static PrometheusHistory at(URI address, InstantSource clock) {
        var history = new PrometheusHistory(address, clock);
        history.sender.start();
        return history;
    }

    @Override
    public Pen pen(Subject subject, List<String> names, Labels labels) {
        return catalog.line(subject, names, labels, clock.millis()).<Pen>map(line -> (at, values) -> intake.offer(line, at, values)).orElse(NO_ROOM);
    }

    private void work() {
        try {
            while (!ending) {
                send(intake.take(PACE));
            }
            send(intake.take(Duration.ZERO));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(Batch batch) throws InterruptedException {
        var samples = new LinkedHashMap<SeriesKey, List<long[]>>();
        int from = 0;
        for (int i = 0; i < batch.rows; i++) {
            for (var name : batch.lines[i].names()) {
                double value = batch.values[from++];
                if (!Double.isNaN(value)) {
                    samples.computeIfAbsent(new SeriesKey(batch.lines[i].subject(), name), _ -> new ArrayList<>()).add(new long[] {batch.times[i], Double.doubleToRawLongBits(value)});
                }
            }
        }
        int rows = batch.rows;
        intake.back(batch);
        boolean sent = true;
        var request = new WriteRequest();
        for (var series : samples.entrySet()) {
            request.add(tags(catalog.series(series.getKey())), series.getValue());
            if (request.size() > REQUEST) {
                sent &= sent(request);
                request = new WriteRequest();
            }
        }
        sent &= request.size() == 0 || sent(request);
        if (sent) {
            kept += rows;
        } else {
            intake.drop(rows);
        }
    }

    private boolean sent(WriteRequest request) throws InterruptedException {
        var why = store.write(request.plain(), () -> ending);
        if (!why.equals(trouble)) {
            LOG.warn("{}", why.isEmpty() ? "the history's store takes samples again" : why);
            trouble = why;
        }
        return why.isEmpty();
    }

    private static Map<String, String> tags(Series series) {
        var tags = new TreeMap<>(series.tags());
        tags.put(PrometheusClient.METRIC, series.key().name());
        return tags;
    }

    @Override
    public List<Series> series(Wanted wanted, int most) {
        return store.series(wanted, clock.instant()).stream().distinct().limit(most).toList();
    }

    @Override
    public List<Points> points(Wanted wanted, Span span, int most) {
        var all = store.points(wanted, span);
        return within(all, all.stream().mapToLong(Points::count).sum(), most);
    }

    @Override
    public List<Buckets> buckets(Wanted wanted, Span span, Duration step, int most) {
        var all = store.buckets(wanted, span, step.toMillis());
        return within(all, all.stream().mapToLong(Buckets::count).sum(), most);
    }

    private static <T> List<T> within(List<T> all, long count, int most) {
        if (count > most) {
            throw new Refused(Refused.Kind.TOO_LARGE, "TOO_MANY_POINTS", "This would be more than %d points.".formatted(most), "Ask for less time, fewer series or a longer step.");
        }
        return all;
    }

    @Override
    public Health health() {
        return new Health(catalog.size(), intake.taken(), kept, intake.dropped(), 0, trouble);
    }

    /** Sends what waits, and ends. */
    @Override
    public void close() {
        ending = true;
        intake.hurry();
        try {
            sender.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
