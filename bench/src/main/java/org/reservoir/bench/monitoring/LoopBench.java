package org.reservoir.bench.monitoring;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

import org.reservoir.bench.Report;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Feed;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.DataSource;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.ValueType;
import org.reservoir.monitoring.wire.Collector;
import org.reservoir.monitoring.wire.UdpIntake;
import org.reservoir.monitoring.wire.UdpOutlet;

/**
 * {@code monitoring.loop}: from the moment a probe measures until a rule is called with the value, over sealed UDP, at several
 * rates; and what was lost, and lost without being counted. Beside it Prometheus at its quickest, when there is one.
 */
public final class LoopBench {
    private static final int PROBES = 1_000;
    private static final int[] RATES = {1_000, 10_000, 30_000};
    private static final byte[] KEY = "a key that only this bench knows".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final Schema SCHEMA = Schema.of("loop", Schema.Attribute.of("measured", ValueType.LONG), Schema.Attribute.of("cpu.percent", ValueType.FLOAT),
            Schema.Attribute.of("cpu.total", ValueType.LONG), Schema.Attribute.of("mem.used", ValueType.LONG), Schema.Attribute.of("net.rx", ValueType.LONG),
            Schema.Attribute.of("net.tx", ValueType.LONG));

    private LoopBench() {}

    /** @param arguments {@code --seconds N} for each rate, {@code --prometheus BINARY} */
    public static void run(List<String> arguments, Report report) throws Exception {
        var options = new Options(arguments, "--seconds", "--prometheus");
        int seconds = options.number("--seconds", 10);
        measure(30_000, 5, false, report); // for the compiler
        for (int rate : RATES) {
            measure(rate, seconds, true, report);
        }
        var prometheus = Prometheus.find(options.text("--prometheus"));
        if (prometheus.isPresent()) {
            Prometheus.measure(prometheus.get(), report);
        } else {
            report.progress("Prometheus is measured too when it is on the path, or with --prometheus BINARY");
        }
    }

    /** A rule over what is heard: notes how old each value is when it is called. */
    private static final class Rule implements Listener {
        private final Feed feed = new Feed(new Measurements(Measurements.Bounds.USUAL, new Roster()), InstantSource.system());
        private final long[] ages;
        private int called;
        volatile boolean noting;

        Rule(int most) {
            ages = new long[most];
        }

        @Override
        public void measured(StreamInfo stream, Row row) {
            feed.measured(stream, row);
            if (noting && called < ages.length && row.number(1) >= 0) {
                ages[called++] = System.nanoTime() - row.whole(0);
            }
        }

        @Override
        public void changed(StreamInfo stream, StreamState state, String why) {
            // a rule over values alone
        }

        double percentile(double share) {
            var sorted = Arrays.copyOf(ages, called);
            Arrays.sort(sorted);
            return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1L, Math.round(share * sorted.length))] / 1e6;
        }
    }

    private static final class Stamp implements Probe {
        private long measured;

        @Override
        public Schema schema() {
            return SCHEMA;
        }

        @Override
        public void measure(Row row) {
            long now = System.nanoTime();
            measured++;
            row.set(0, now).set(1, measured % 100 / 1.0).set(2, measured * 10_000_000).set(3, 1L << 20).set(4, measured * 4711).set(5, measured * 815);
        }
    }

    private static void measure(int rate, int seconds, boolean told, Report report) throws Exception {
        if (told) {
            report.progress(rate + " a second");
        }
        var rule = new Rule(rate * (seconds + 1));
        var collector = new Collector(rule, LoopBench::now);
        var id = new SourceId(Double.doubleToLongBits(Math.random()));
        try (var intake = new UdpIntake(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Optional.of(KEY), collector);
             var outlet = new UdpOutlet(id, intake.address(), Optional.of(KEY)); var source = new DataSource(id, now())) {
            var probes = new Stamp[PROBES];
            for (int i = 0; i < PROBES; i++) {
                probes[i] = new Stamp();
                source.add("es.tid.services.sun.vees.exec.replicas." + i, Subject.of(new VeeId(i + 1)), Labels.NONE, probes[i],
                        ProbeSettings.every(Duration.ofMillis(Math.max(1, 1000L * PROBES / rate))));
            }
            source.subscribe(Interest.ALL, outlet);
            turn(source, 1);
            var bare = new BareDatagrams(1_000 * (seconds + 1));
            try (bare) {
                rule.noting = true;
                turn(source, seconds);
                rule.noting = false;
            }
            long measured = settle(source, probes, collector);
            if (told) {
                long lost = measured - collector.measured();
                report.figure("%d/s: p50".formatted(rate), rule.percentile(0.5), "ms");
                report.figure("%d/s: p99".formatted(rate), rule.percentile(0.99), "ms");
                report.figure("%d/s: p50 of bare datagrams meanwhile".formatted(rate), bare.percentile(0.5), "ms");
                report.figure("%d/s: p99 of bare datagrams meanwhile".formatted(rate), bare.percentile(0.99), "ms");
                report.figure("%d/s: measured in all".formatted(rate), measured, "");
                report.figure("%d/s: lost".formatted(rate), lost, "");
                report.figure("%d/s: lost and not counted".formatted(rate), lost - collector.registry().gaps(), "");
            }
        }
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    private static void turn(DataSource source, int seconds) {
        for (long end = now() + seconds * 1000L; now() < end;) {
            source.turn(now(), System.currentTimeMillis());
            LockSupport.parkNanos(500_000);
        }
    }

    /** One measurement of each once all is quiet, so that what was lost at the end shows too. @return how many there were in all */
    private static long settle(DataSource source, Stamp[] probes, Collector collector) {
        for (int round = 0; round < 3; round++) {
            for (int i = 1; i <= probes.length; i++) {
                source.inform(i);
                LockSupport.parkNanos(200_000);
            }
        }
        long measured = Arrays.stream(probes).mapToLong(probe -> probe.measured).sum();
        for (int i = 0; i < 500 && collector.measured() + collector.registry().gaps() < measured; i++) {
            LockSupport.parkNanos(10_000_000);
        }
        return measured;
    }
}
