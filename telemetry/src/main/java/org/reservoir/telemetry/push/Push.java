package org.reservoir.telemetry.push;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.SeriesKey;

/**
 * Sends the newest value of every series that has a new one to a receiver, every so often. While the receiver is away, a bounded
 * number of requests waits and the oldest give way, counted; it is asked again ever more patiently. What it refuses as bad is
 * dropped and counted: sending it again would not make it better.
 */
public final class Push implements AutoCloseable {
    private static final int MOST_WAITING = 240;
    private static final int MOST_IN_ONE = 5_000;
    private static final Duration SILENCE = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long LONGEST_PAUSE = 60_000;

    /**
     * @param to      the receiver's whole address, such as {@code http://127.0.0.1:9090/api/v1/write} or {@code …/v1/metrics}
     * @param headers such as {@code Authorization}
     */
    public record Target(URI to, Format format, Duration every, Map<String, String> headers) {
        public Target {
            headers = Map.copyOf(headers);
            if (!List.of("http", "https").contains(to.getScheme()) || to.getHost() == null || every.toMillis() < 100) {
                throw Refused.invalid("BAD_RECEIVER", "Measurements cannot be sent to %s every %s.".formatted(to, every), "Give a whole http or https address, and 1 s or more.");
            }
        }
    }

    /** @param sent values that were taken @param dropped values that gave way to newer ones @param refused values that the receiver did not want */
    public record Counts(long sent, long dropped, long refused, String problem) {}

    private record Waiting(byte[] body, int values) {}

    private final Measurements measurements;
    private final InstantSource clock;
    private final Target target;
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    /** By series, when the value that was sent last was measured. Not compared but told apart: a clock may be set back. */
    private Map<SeriesKey, Instant> known = new HashMap<>();
    private Counts counts = new Counts(0, 0, 0, "");
    private final Thread thread;

    public Push(Measurements measurements, InstantSource clock, Target target) {
        this.measurements = measurements;
        this.clock = clock;
        this.target = target;
        this.thread = Thread.ofVirtual().name("push-to-" + target.to().getHost()).start(this::pushAgainAndAgain);
    }

    public synchronized Counts counts() {
        return counts;
    }

    @Override
    public void close() {
        thread.interrupt();
        client.shutdownNow();
    }

    private void pushAgainAndAgain() {
        long pause = target.every().toMillis();
        while (true) {
            try {
                Thread.sleep(pause);
                look();
                pause = sendAll() ? target.every().toMillis() : Math.min(LONGEST_PAUSE, Math.max(1_000, pause * 2));
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private void look() {
        var fresh = new ArrayList<Measurements.Latest>();
        var seen = new HashMap<SeriesKey, Instant>();
        measurements.latest(clock.instant().minus(SILENCE), latest -> {
            seen.put(latest.key(), latest.at());
            if (!latest.at().equals(known.get(latest.key()))) {
                fresh.add(latest);
            }
        });
        known = seen;
        for (int from = 0; from < fresh.size(); from += MOST_IN_ONE) {
            var part = fresh.subList(from, Math.min(fresh.size(), from + MOST_IN_ONE));
            waiting.add(new Waiting(target.format().body(part), part.size()));
        }
        while (waiting.size() > MOST_WAITING) {
            count(0, waiting.poll().values(), 0, counts().problem());
        }
    }

    private boolean sendAll() throws InterruptedException {
        while (!waiting.isEmpty()) {
            var next = waiting.peek();
            try {
                int status = send(next.body());
                if (status >= 500 || status == 429) {
                    count(0, 0, 0, "the receiver answers " + status);
                    return false;
                }
                waiting.poll();
                if (status < 300) {
                    count(next.values(), 0, 0, "");
                } else {
                    count(0, 0, next.values(), "the receiver answers " + status);
                }
            } catch (IOException e) {
                count(0, 0, 0, String.valueOf(e));
                return false;
            }
        }
        return true;
    }

    private int send(byte[] body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(target.to()).timeout(PATIENCE).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        target.format().headers().forEach(request::header);
        target.headers().forEach(request::header);
        return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private synchronized void count(long sent, long dropped, long refused, String problem) {
        counts = new Counts(counts.sent() + sent, counts.dropped() + dropped, counts.refused() + refused, problem);
    }
}
