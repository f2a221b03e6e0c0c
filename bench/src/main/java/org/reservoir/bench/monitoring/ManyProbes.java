package org.reservoir.bench.monitoring;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.reservoir.bench.Report;
import org.reservoir.bench.Scratch;
import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.wire.Collector;
import org.reservoir.monitoring.wire.UdpIntake;
import org.reservoir.monitoring.wire.VoiceKey;

/** {@code bin/agent} as it is, with very many probes of six attributes at 1 Hz, sending sealed datagrams to this process. */
final class ManyProbes {
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration WARM = Duration.ofSeconds(20);

    private ManyProbes() {}

    private static final Listener DEAF = new Listener() {
        @Override
        public void measured(StreamInfo stream, Row row) {
            // the collector counts
        }

        @Override
        public void changed(StreamInfo stream, StreamState state, String why) {
            // nothing follows from it
        }
    };

    static void run(int probes, int seconds, Report report) throws Exception {
        var secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        var key = new VoiceKey(1, secret);
        var collector = new Collector(DEAF, () -> System.nanoTime() / 1_000_000);
        try (var scratch = Scratch.make(); var intake = new UdpIntake(new InetSocketAddress("127.0.0.1", 0), Optional.of(secret), collector)) {
            var agent = start(scratch.folder(), key, intake.address().getPort(), probes);
            try {
                measure(agent, collector, probes, seconds, report);
            } finally {
                agent.destroy();
                agent.waitFor(1, TimeUnit.MINUTES);
            }
        }
    }

    private static Process start(Path folder, VoiceKey key, int port, int probes) throws IOException {
        var keyFile = Files.createFile(folder.resolve("key"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(keyFile, key.written());
        var lines = new StringBuilder();
        for (int i = 1; i <= probes; i++) {
            lines.append("bench.probe.").append(i).append(" test.signal 1s\n");
        }
        var home = Optional.ofNullable(System.getProperty("reservoir.home")).orElseThrow(() -> new IllegalStateException("run it by bin/bench"));
        return new ProcessBuilder(home + "/bin/agent", "--host", "host-1", "--site", "127.0.0.1:" + port, "--key", keyFile.toString(),
                "--probes", Files.writeString(folder.resolve("probes"), lines).toString()).inheritIO().redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static void measure(Process agent, Collector collector, int probes, int seconds, Report report) throws Exception {
        report.progress("an agent with %d probes starts".formatted(probes));
        await(() -> collector.registry().streams(Interest.ALL).size() >= probes, agent); // words of streams that are lost at the start come again within a minute
        Thread.sleep(WARM);
        long unknown = collector.passedOver();
        long measured = collector.measured();
        long gaps = collector.registry().gaps();
        var cpu = cpu(agent);
        long began = System.nanoTime();
        for (int second = 0; second < seconds; second++) {
            Thread.sleep(1000);
            collector.turn();
        }
        double passed = (System.nanoTime() - began) / 1e9;
        var what = ", %d probes at 1 Hz".formatted(probes);
        report.figure("agent's share of a core" + what, 100 * cpu(agent).minus(cpu).toNanos() / 1e9 / passed, "percent");
        report.figure("agent's memory (most resident)" + what, memory(agent) / 1024.0, "MiB");
        report.figure("measurements heard" + what, (collector.measured() - measured) / passed, "per second");
        report.figure("measurements lost, all counted" + what, collector.registry().gaps() - gaps, "");
        report.figure("measurements passed over, of streams not known" + what, collector.passedOver() - unknown, "");
    }

    private static void await(java.util.function.BooleanSupplier condition, Process agent) throws InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (!condition.getAsBoolean()) {
            if (!agent.isAlive() || System.nanoTime() - end > 0) {
                throw new IllegalStateException("the agent did not begin to send (it %s)".formatted(agent.isAlive() ? "runs" : "ended"));
            }
            Thread.sleep(1000);
        }
    }

    private static Duration cpu(Process agent) {
        return agent.info().totalCpuDuration().orElseThrow();
    }

    /** KiB. */
    private static long memory(Process agent) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(agent.pid()), "status")).stream().filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", ""))).findFirst().orElseThrow();
    }
}
