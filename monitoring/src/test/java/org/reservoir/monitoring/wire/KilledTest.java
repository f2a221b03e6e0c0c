package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/** Sender and receiver of measurements for accounting in processes of their own, killed (as by {@code kill -9}) again and again. */
@Tag("long")
class KilledTest {
    private static final int ROWS = 30_000;
    private static final long MUCH = 64 << 20;
    private static final Protection KEY = new Protection.SharedKey("0123456789abcdef".getBytes(StandardCharsets.US_ASCII));

    @TempDir
    Path directory;

    @Test
    void whateverIsKilledEachMeasurementThatWasTakenArrivesOnce() throws Exception {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var random = Seeded.random(1);
        Process sender = start("send", port);
        Process receiver = start("receive", port);
        try {
            boolean done = false;
            for (int kill = 0; !done; kill++) {
                done = follow(sender, kill < 6 ? random.nextInt(1, 8) : Integer.MAX_VALUE);
                if (!done && kill % 2 == 0) {
                    sender.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
                    sender = start("send", port);
                } else if (!done) {
                    receiver.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
                    receiver = start("receive", port);
                }
            }
        } finally {
            sender.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
            receiver.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
        }
        var values = new ArrayList<Long>();
        try (var inbox = Spool.open(directory.resolve("receive"), MUCH)) {
            inbox.read(0, (_, _, _, row) -> values.add(row.whole(0)));
        }
        assertThat(values).isEqualTo(UdpTest.upTo(ROWS));
    }

    /** Reads so many lines of what the sender has kept; true when it has said that all was acknowledged. */
    private static boolean follow(Process sender, int lines) throws IOException {
        var out = new BufferedReader(new InputStreamReader(sender.getInputStream(), StandardCharsets.UTF_8));
        for (int i = 0; i < lines; i++) {
            var line = out.readLine();
            if (line == null) {
                throw new IOException("the sender ended by itself");
            }
            if (line.equals("done")) {
                return true;
            }
        }
        return false;
    }

    private Process start(String role, int port) throws IOException {
        return new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
                System.getProperty("java.class.path"), KilledTest.class.getName(), role, directory.resolve(role).toString(), Integer.toString(port)))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** In the processes of their own: {@code send DIR PORT} or {@code receive DIR PORT}. */
    public static void main(String[] arguments) throws Exception {
        var at = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[2]));
        var spool = Spool.open(Path.of(arguments[1]), MUCH);
        if (arguments[0].equals("receive")) {
            new TcpIntake(at, KEY, new Collector(new Nobody(), () -> System.nanoTime() / 1_000_000), Optional.of(spool));
            Thread.currentThread().join();
        }
        var outlet = new TcpOutlet(new SourceId(ProcessHandle.current().pid()), at, KEY, Optional.of(spool), 10);
        var stream = SpoolTest.stream(ProcessHandle.current().pid(), 1);
        for (long n = spool.last() + 1; n <= ROWS; n++) {
            outlet.take(stream, n, SpoolTest.row(n));
            if (n % 1_000 == 0) {
                System.out.println(n);
                Thread.sleep(50); // so that the killer finds it at work
            }
        }
        while (spool.settled() < ROWS) {
            Thread.sleep(20);
        }
        System.out.println("done");
        Thread.currentThread().join();
    }

    private static final class Nobody implements Listener {
        @Override
        public void measured(StreamInfo stream, Row row) {
            // what counts is the inbox
        }

        @Override
        public void changed(StreamInfo stream, StreamState state, String why) {
            // as above
        }
    }
}
