package org.reservoir.bench.gateways;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Asks a server over and over on some connections, in a process of its own, so that its processor time is not the server's. Writes one line:
 * requests, failures, seconds, and the latencies in microseconds at 50 % and 99 %. Arguments: port, connections, seconds, token, method, and path and body, in
 * which {@code #} stands for a number that is never the same, and {@code @} for one from 1 to {@code most}, the last argument.
 */
final class Load {
    private final int port;
    private final String token;
    private final String method;
    private final String path;
    private final String body;
    private final long most;
    private final AtomicLong serial;
    private final LongAdder failures = new LongAdder();
    private final ConcurrentLinkedQueue<long[]> latencies = new ConcurrentLinkedQueue<>();

    private Load(String[] args) {
        port = Integer.parseInt(args[0]);
        token = args[3];
        method = args[4];
        path = args[5];
        body = args[6];
        most = Long.parseLong(args[7]);
        serial = new AtomicLong(System.currentTimeMillis() * 1000);
    }

    public static void main(String[] args) throws InterruptedException {
        var load = new Load(args);
        var begin = System.nanoTime();
        try (var pool = Executors.newFixedThreadPool(Integer.parseInt(args[1]))) {
            for (int i = 0; i < Integer.parseInt(args[1]); i++) {
                pool.execute(() -> load.ask(Duration.ofSeconds(Long.parseLong(args[2]))));
            }
        }
        var seconds = (System.nanoTime() - begin) / 1e9;
        var all = load.latencies.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        System.out.printf("%d %d %f %d %d%n", all.length, load.failures.sum(), seconds, at(all, 0.5), at(all, 0.99));
    }

    private static long at(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    }

    private void ask(Duration time) {
        var mine = new long[1 << 20];
        int count = 0;
        var end = System.nanoTime() + time.toNanos();
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.setTcpNoDelay(true);
            var in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
            while (System.nanoTime() < end && count < mine.length) {
                var begin = System.nanoTime();
                socket.getOutputStream().write(request());
                if (answer(in) >= 400) {
                    failures.increment();
                }
                mine[count++] = (System.nanoTime() - begin) / 1000;
            }
        } catch (IOException _) {
            failures.increment();
        }
        latencies.add(Arrays.copyOf(mine, count));
    }

    private byte[] request() {
        var number = serial.incrementAndGet();
        var filled = filled(body, number);
        return ("%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s")
                .formatted(method, filled(path, number), token, filled.length(), filled).getBytes(StandardCharsets.ISO_8859_1);
    }

    private String filled(String text, long number) {
        return text.replace("#", Long.toString(number)).replace("@", Long.toString(1 + number % most));
    }

    /** Reads one answer to its end; gives its status. */
    private static int answer(InputStream in) throws IOException {
        var status = Integer.parseInt(line(in).split(" ")[1]);
        var length = 0L;
        var chunked = false;
        for (var line = line(in); !line.isEmpty(); line = line(in)) {
            var lower = line.toLowerCase(java.util.Locale.ROOT);
            length = lower.startsWith("content-length:") ? Long.parseLong(lower.substring(15).strip()) : length;
            chunked |= lower.startsWith("transfer-encoding:");
        }
        if (!chunked) {
            in.skipNBytes(length);
            return status;
        }
        for (var size = Long.parseLong(line(in), 16); ; size = Long.parseLong(line(in), 16)) {
            in.skipNBytes(size + 2);
            if (size == 0) {
                return status;
            }
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
