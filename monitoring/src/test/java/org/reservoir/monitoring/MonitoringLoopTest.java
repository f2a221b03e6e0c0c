package org.reservoir.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.HostCounters.VeeCounters;

class MonitoringLoopTest {
    private static final Instant T = Instant.parse("2026-11-24T12:00:00Z");
    private static final VeeId VEE = new VeeId(7);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Measurements measurements = new Measurements(Measurements.Bounds.USUAL, new Roster());
    private final List<HostSource> hosts = new ArrayList<>();
    private final MonitoringLoop loop = new MonitoringLoop(() -> List.copyOf(hosts), measurements, Duration.ofSeconds(20));

    /** A host that shows what it is told to. */
    private static final class ToldHost implements HostSource {
        private final HostId host;
        private volatile HostCounters shown;

        ToldHost(int number) {
            host = new HostId(number);
        }

        void shows(long second, long busySeconds, VeeCounters... vees) {
            shown = new HostCounters(T.plusSeconds(second), 4, busySeconds * 1_000_000_000L, 8L << 30, 2L << 30, 100L << 30, List.of(vees));
        }

        @Override
        public HostId host() {
            return host;
        }

        @Override
        public HostCounters look() {
            return shown;
        }
    }

    private static VeeCounters vee(double cpuSeconds, long bytes) {
        return new VeeCounters(VEE, (long) (cpuSeconds * 1e9), 256L << 20, bytes, 2 * bytes, 3 * bytes, 4 * bytes);
    }

    private Window window(Subject subject, String name, long second) {
        return measurements.window(subject, name, MINUTE, T.plusSeconds(second));
    }

    @Test
    void countersBecomeRatesByTheTimeThatReallyPassed() throws Exception {
        var host = new ToldHost(1);
        hosts.add(host);
        host.shows(0, 100, vee(1, 0));
        loop.turn(T);
        host.shows(4, 108, vee(3, 4000));
        loop.turn(T.plusSeconds(5));

        assertThat(window(Subject.of(host.host()), "host.cpu.percent", 5).last()).as("8 of 4 x 4 CPU-seconds").hasValue(50);
        assertThat(window(Subject.of(VEE), "vee.cpu.percent", 5).last().getAsDouble()).isCloseTo(50, within(1e-9));
        assertThat(window(Subject.of(VEE), "vee.net.sent.bytes_per_second", 5).last()).hasValue(4000);
        assertThat(window(Subject.of(VEE), "vee.memory.bytes", 5).count()).isEqualTo(2);
    }

    @Test
    void aGuestThatBeganAnewIsCountedFromZeroAndNeverNegative() throws Exception {
        var host = new ToldHost(1);
        hosts.add(host);
        host.shows(0, 100, vee(500, 1_000_000));
        loop.turn(T);
        host.shows(10, 101, vee(2, 100));
        loop.turn(T.plusSeconds(10));

        assertThat(window(Subject.of(VEE), "vee.cpu.percent", 10).min().getAsDouble()).isCloseTo(20, within(1e-9));
        assertThat(window(Subject.of(VEE), "vee.disk.read.bytes_per_second", 10).last()).hasValue(10);
    }

    @Test
    void aVeeThatMigratedKeepsItsSeriesAndJumpsNowhere() throws Exception {
        var from = new ToldHost(1);
        var to = new ToldHost(2);
        hosts.addAll(List.of(from, to));
        from.shows(0, 0, vee(1, 0));
        to.shows(0, 0);
        loop.turn(T);
        from.shows(10, 0, vee(2, 10));
        to.shows(10, 0);
        loop.turn(T.plusSeconds(10));
        from.shows(20, 0);
        to.shows(20, 0, vee(400, 999_999));
        loop.turn(T.plusSeconds(20));
        to.shows(30, 0, vee(401, 1_000_009));
        loop.turn(T.plusSeconds(30));

        var cpu = window(Subject.of(VEE), "vee.cpu.percent", 30);
        assertThat(cpu.count()).isEqualTo(2);
        assertThat(cpu.max().getAsDouble()).isCloseTo(10, within(1e-9));
    }

    @Test
    void oneHungHostDelaysNoOtherAndIsNotAskedTwice() throws Exception {
        var asked = new CountDownLatch(2);
        var release = new CountDownLatch(1);
        var hung = new HostSource() {
            @Override
            public HostId host() {
                return new HostId(9);
            }

            @Override
            public HostCounters look() {
                asked.countDown();
                while (true) { // deaf to interrupts, as native calls are
                    try {
                        release.await();
                        throw new IllegalStateException("gone");
                    } catch (InterruptedException _) {
                        continue;
                    }
                }
            }
        };
        var well = new ToldHost(1);
        hosts.addAll(List.of(hung, well));
        try (var quick = new MonitoringLoop(() -> List.copyOf(hosts), measurements, Duration.ofMillis(200))) {
            well.shows(0, 0);
            assertThat(quick.turn(T).late()).containsExactly(hung.host());
            well.shows(5, 10);
            var second = quick.turn(T.plusSeconds(5));

            assertThat(second.answered()).containsExactly(well.host());
            assertThat(second.late()).containsExactly(hung.host());
            assertThat(asked.getCount()).as("asked once").isEqualTo(1);
            assertThat(window(Subject.of(well.host()), "host.cpu.percent", 5).last()).hasValue(50);
        } finally {
            release.countDown();
        }
    }

    @Test
    void aHostThatFailsIsToldAndFallsSilent() throws Exception {
        hosts.add(new HostSource() {
            @Override
            public HostId host() {
                return new HostId(9);
            }

            @Override
            public HostCounters look() throws Exception {
                throw new java.io.IOException("no route");
            }
        });

        assertThat(loop.turn(T).failed()).containsExactly(new HostId(9));
        assertThat(measurements.seriesCount()).isZero();
    }
}
