package org.reservoir.monitoring.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Feed;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.Window;
import org.reservoir.monitoring.kinds.HostCounters.VeeCounters;
import org.reservoir.monitoring.plane.Answer;
import org.reservoir.monitoring.plane.Kinds;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.plane.Selection;
import org.reservoir.monitoring.plane.Station;
import org.reservoir.monitoring.plane.Wanted;
import org.reservoir.monitoring.probe.DataSource;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.wire.Collector;

class HostWatchTest {
    private static final Instant T = Instant.parse("2026-11-24T12:00:00Z");
    private static final VeeId VEE = new VeeId(7);
    private static final Duration HOUR = Duration.ofHours(1);

    private final Roster roster = new Roster();
    private final Measurements measurements = new Measurements(Measurements.Bounds.USUAL, roster);
    private volatile long now;
    private final Kinds kinds = new Kinds();
    private final Station station = new Station(new SourceId(1), "server-1", kinds, Station.Ports.NONE, 0);
    private final DataSource source = station.source();
    private final Collector collector = new Collector(new Feed(measurements, () -> T.plusMillis(now)), () -> now);
    private final List<HostSource> hosts = new ArrayList<>();
    private final HostWatch watch = new HostWatch(() -> List.copyOf(hosts), roster, station, kinds, () -> now * 1_000_000, HostWatch.Paces.USUAL);

    /** A host that shows what it is told to. */
    private static final class ToldHost implements HostSource {
        private final HostId host;
        final AtomicInteger looks = new AtomicInteger();
        final Map<VeeId, Map<String, Long>> details = new ConcurrentHashMap<>();
        private volatile HostCounters shown = counters(0);
        volatile CountDownLatch hangs = new CountDownLatch(0);

        ToldHost(int number) {
            host = new HostId(number);
        }

        void shows(long busySeconds, VeeCounters... vees) {
            shown = counters(busySeconds, vees);
        }

        private static HostCounters counters(long busySeconds, VeeCounters... vees) {
            return new HostCounters(4, busySeconds * 1_000_000_000L, 8L << 30, 2L << 30, 100L << 30, List.of(vees));
        }

        @Override
        public HostId host() {
            return host;
        }

        @Override
        public HostCounters look() {
            looks.incrementAndGet();
            while (hangs.getCount() > 0) { // deaf to interrupts, as a call can be
                try {
                    hangs.await();
                } catch (InterruptedException _) {
                    continue;
                }
            }
            return shown;
        }

        @Override
        public Map<String, Long> details(VeeId vee) throws InterruptedException {
            if (!details.containsKey(vee)) {
                Thread.sleep(Duration.ofHours(1));
            }
            return details.get(vee);
        }

        @Override
        public Map<String, Long> inside(VeeId vee) {
            return Map.of();
        }
    }

    private static VeeCounters vee(double cpuSeconds, long bytes) {
        return new VeeCounters(VEE, true, (long) (cpuSeconds * 1e9), bytes, 2 * bytes);
    }

    private Window window(Subject subject, String name) {
        return measurements.window(subject, name, HOUR, T.plusMillis(now));
    }

    /** Lets time pass, a second at a time, each look that began brought to its end. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now += 1000;
            turn();
        }
    }

    private void turn() {
        source.turn(now, now);
        watch.turn(now);
        collector.turn();
        await(() -> !watch.looks(), "the looks are through");
    }

    private static void await(BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not in a minute: " + what);
            }
            Thread.onSpinWait();
        }
    }

    private ToldHost host(int number) {
        var host = new ToldHost(number);
        hosts.add(host);
        return host;
    }

    private List<String> told(Interest interest) {
        return collector.registry().streams(interest).stream().map(known -> known.info().name() + " " + known.state()).toList();
    }

    @Test
    void countersBecomeRatesByTheTimeThatReallyPassed() {
        source.subscribe(Interest.ALL, collector);
        var host = host(1);
        host.details.put(VEE, Map.of("memory", 256L << 20));
        host.shows(100, vee(1, 0));
        turn();
        host.shows(110, vee(3, 5000));
        pass(5);

        assertThat(window(Subject.of(host.host()), "host.cpu.percent").last()).as("10 of 4 x 5 CPU-seconds").hasValue(50);
        assertThat(window(Subject.of(VEE), "vee.cpu.percent").last().getAsDouble()).isCloseTo(40, within(1e-9));
        assertThat(window(Subject.of(VEE), "vee.net.sent.bytes_per_second").last()).hasValue(2000);
        assertThat(window(Subject.of(host.host()), "host.vees").last()).hasValue(1);
    }

    @Test
    void aGuestThatBeganAnewIsCountedFromZeroAndItsEpochGoesUp() {
        source.subscribe(Interest.ALL, collector);
        var host = host(1);
        host.shows(100, vee(500, 1_000_000));
        turn();
        host.shows(101, vee(2, 100));
        pass(5);

        assertThat(window(Subject.of(VEE), "vee.cpu.percent").min().getAsDouble()).isCloseTo(40, within(1e-9));
        assertThat(window(Subject.of(VEE), "vee.net.received.bytes_per_second").last()).hasValue(20);
        assertThat(window(Subject.of(VEE), "vee.epoch").last()).hasValue(2);
    }

    @Test
    void aVeeThatMovesKeepsItsStreamAndJumpsNowhere() {
        source.subscribe(Interest.ALL, collector);
        roster.note(VEE, Labels.of(new ServiceId(3), "web"));
        var from = host(1);
        var to = host(2);
        from.shows(0, vee(1, 0));
        turn();
        int stream = collector.registry().streams(Interest.inType("infra_vee")).getFirst().info().number();
        to.shows(0, new VeeCounters(VEE, false, 0, 0, 0));
        from.shows(0, vee(1.5, 10));
        pass(5);
        assertThat(window(Subject.of(VEE), "vee.epoch").last()).as("on both hosts, at home where it runs").hasValue(1);
        from.shows(0);
        to.shows(0, vee(400, 999_999));
        pass(10);
        to.shows(0, vee(400.5, 1_000_009));
        pass(5);

        var cpu = window(Subject.of(VEE), "vee.cpu.percent");
        assertThat(cpu.max().getAsDouble()).isCloseTo(10, within(1e-9));
        assertThat(window(Subject.of(VEE), "vee.epoch").last()).hasValue(2);
        assertThat(told(Interest.inType("infra_vee"))).containsExactly("vees.vee-7.load ON");
        assertThat(collector.registry().streams(Interest.inType("infra_vee")).getFirst().info()).satisfies(info -> {
            assertThat(info.number()).as("the stream it always had").isEqualTo(stream);
            assertThat(info.labels()).isEqualTo(Labels.of(new ServiceId(3), "web").at(to.host()));
        });
    }

    @Test
    void oneHungHostDelaysNoOtherAndIsNotAskedTwice() {
        source.subscribe(Interest.ALL, collector);
        var hung = host(9);
        var well = host(1);
        hung.hangs = new CountDownLatch(1);
        try {
            for (int second = 0; second <= 30; second++) {
                well.shows(2 * second);
                now += 1000;
                source.turn(now, now);
                collector.turn();
                int looks = second / 5 + 1;
                await(() -> {
                    watch.turn(now); // what the look before brought may be seen before it has ended
                    return window(Subject.of(well.host()), "host.vees").count() == looks;
                }, "look " + looks);
            }
            assertThat(hung.looks).as("asked once").hasValue(1);
            assertThat(window(Subject.of(well.host()), "host.cpu.percent").last().getAsDouble()).isCloseTo(50, within(1e-9));
        } finally {
            hung.hangs.countDown();
        }
    }

    @Test
    void aGuestThatHangsDelaysNoOther() {
        source.subscribe(Interest.ALL, collector);
        var host = host(1);
        var other = new VeeId(8);
        host.details.put(other, Map.of("memory", 7L, "disk.read", 0L));
        host.shows(0, vee(0, 0), new VeeCounters(other, true, 0, 0, 0));
        pass(10);
        host.details.put(other, Map.of("memory", 9L, "disk.read", 50_000L));
        await(() -> {
            pass(1);
            return window(Subject.of(other), "vee.disk.read.bytes_per_second").count() > 0;
        }, "the other is asked again");

        assertThat(window(Subject.of(other), "vee.memory.bytes").last()).hasValue(9);
        assertThat(window(Subject.of(VEE), "vee.memory.bytes").count()).isZero();
        await(() -> {
            pass(1);
            return source.streams().stream().anyMatch(status -> status.info().name().equals("vees.vee-7.details") && status.problem().contains("no answer"));
        }, "its deadline is told");
    }

    @Test
    void streamsRetireWithTheirVeeAndTheirHost() {
        source.subscribe(Interest.ALL, collector);
        roster.note(VEE, Labels.NONE);
        var host = host(1);
        host.shows(0, vee(1, 0));
        turn();
        host.shows(0);
        pass(5);
        assertThat(told(Interest.inType("infra_vee"))).as("perhaps on its way elsewhere").containsExactly("vees.vee-7.load ON");
        roster.forget(VEE);
        pass(5);
        assertThat(told(Interest.inType("infra_vee"))).containsExactly("vees.vee-7.load RETIRED");
        hosts.clear();
        pass(1);
        assertThat(told(Interest.inType("infra_host"))).containsExactly("hosts.host-1.load RETIRED");
        assertThat(source.streams()).isEmpty();
    }

    @Test
    void theVeesOfAHostThatIsGoneRetireAfterAWhile() {
        roster.note(VEE, Labels.NONE);
        host(1).shows(0, vee(1, 0));
        turn();
        assertThat(source.streams()).hasSize(4);
        hosts.clear();
        pass(10);
        assertThat(source.streams()).as("it may come again").hasSize(3);
        pass(10);
        assertThat(source.streams()).isEmpty();
    }

    @Test
    void hostsOfWhichNobodyWantsAnythingAreLookedAtSeldom() {
        var host = host(1);
        host.shows(0, vee(1, 0));
        turn();
        pass(60);
        assertThat(host.looks).as("at once and every 30 s").hasValue(3);
        source.subscribe(Interest.inType("infra_vee"), collector);
        pass(30);
        assertThat(host.looks.get()).as("every 5 s").isEqualTo(9);
    }

    @Test
    void aVeeMayBeLookedAtMoreOrLessOftenThanOthers() {
        source.subscribe(Interest.inType("infra_vee"), collector);
        var host = host(1);
        var other = new VeeId(8);
        host.shows(0, vee(0, 0), new VeeCounters(other, true, 0, 0, 0));
        turn();
        int stream = source.streams().stream().filter(status -> status.info().name().equals("vees.vee-7.load")).findFirst().orElseThrow().info().number();
        station.apply(new Order.Rate(Selection.stream(stream), Duration.ofSeconds(1)), "a test");
        pass(20);
        assertThat(window(Subject.of(VEE), "vee.epoch").count()).isBetween(20, 21);
        assertThat(window(Subject.of(other), "vee.epoch").count()).as("its own period stays").isBetween(5, 6);
    }

    @Test
    void whatIsThereByItselfCannotBeAddedButCanBeTakenAway() {
        source.subscribe(Interest.ALL, collector);
        host(1).shows(0, vee(1, 0));
        turn();
        var second = new Wanted("mine", "vee.load", Map.of("vee", "vee-7"), Subject.of(VEE), Labels.NONE, HostWatch.Paces.USUAL.every(Duration.ofSeconds(1)));
        assertThat(station.apply(new Order.Add(second), "a test")).isInstanceOfSatisfying(Answer.NotDone.class, not -> assertThat(not.code()).isEqualTo("BAD_PROBE"));
        assertThat(station.apply(new Order.Remove(Selection.named("vees.vee-7.load")), "a test")).isEqualTo(new Answer.Done(1, 0, ""));
        pass(10);
        assertThat(told(Interest.inType("infra_vee"))).containsExactly("vees.vee-7.load RETIRED");
        assertThat(told(Interest.inType("infra_host"))).containsExactly("hosts.host-1.load ON");
    }

    @Test
    void aHostThatFailsFallsSilentAndIsTold() {
        source.subscribe(Interest.ALL, collector);
        var fails = new AtomicInteger();
        hosts.add(new HostSource() {
            @Override
            public HostId host() {
                return new HostId(9);
            }

            @Override
            public HostCounters look() throws Exception {
                if (fails.getAndIncrement() > 0) {
                    throw new java.io.IOException("no route");
                }
                return ToldHost.counters(5);
            }

            @Override
            public Map<String, Long> details(VeeId vee) {
                return Map.of();
            }

            @Override
            public Map<String, Long> inside(VeeId vee) {
                return Map.of();
            }
        });
        turn();
        pass(60);
        assertThat(fails.get()).as("tried again and again").isGreaterThan(5);
        assertThat(collector.registry().streams(Interest.ALL)).singleElement().satisfies(known -> assertThat(known.state()).isEqualTo(StreamState.STALE));
    }
}
