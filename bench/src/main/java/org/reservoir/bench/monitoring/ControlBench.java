package org.reservoir.bench.monitoring;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

import org.reservoir.bench.Report;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.kinds.TestSignal;
import org.reservoir.monitoring.plane.Answer;
import org.reservoir.monitoring.plane.Controlled;
import org.reservoir.monitoring.plane.Kinds;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.plane.Selection;
import org.reservoir.monitoring.plane.Station;
import org.reservoir.monitoring.plane.Wanted;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Outlet;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.wire.UdpController;
import org.reservoir.monitoring.wire.UdpOrders;

/** Orders to a source over sealed datagrams, while it measures: until each is in force and answered, and what it takes of the network. Lattice takes some 10 KB an order. */
public final class ControlBench {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Outlet DEAF = new Outlet() {
        @Override
        public void take(StreamInfo stream, long sequence, Row row) {
            // only the orders are measured
        }

        @Override
        public void tell(StreamInfo stream, StreamState state, String why) {
            // only the orders are measured
        }
    };

    private ControlBench() {}

    public static void run(List<String> arguments, Report report) throws Exception {
        int probes = arguments.isEmpty() ? 10_000 : Options.number(arguments.getFirst(), "PROBES");
        var key = new byte[32];
        new SecureRandom().nextBytes(key);
        var kinds = new Kinds();
        kinds.offer(TestSignal.kind(), "built in");
        var station = new Station(new SourceId(1), "bench", kinds, Station.Ports.NONE, now());
        station.source().subscribe(Interest.ALL, DEAF);
        for (int i = 0; i < probes; i++) {
            station.apply(new Order.Add(wanted(i)), "bench").orThrow();
        }
        var turning = Thread.ofPlatform().daemon().start(() -> turn(station));
        try (var orders = new UdpOrders(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), key, station); var controller = new UdpController(key, Duration.ofSeconds(10))) {
            var far = controller.source(station.id(), orders.address());
            var what = ", %d probes at 1 Hz".formatted(probes);
            measured(far, controller, 1000, i -> new Order.Rate(Selection.named("bench.probe." + i % probes), SECOND), ", warming up", new Discarded());
            measured(far, controller, 2000, i -> new Order.Rate(Selection.named("bench.probe." + i % probes), SECOND.plusMillis(i)), ", re-rate one" + what, report::figure);
            measured(far, controller, 500, i -> new Order.Add(wanted(probes + i)), ", add one" + what, report::figure);
            measured(far, controller, 500, i -> new Order.Remove(Selection.named(wanted(probes + i).name())), ", remove one" + what, report::figure);
            firstOfAll(far, ", the first to re-rate all" + what, report);
            measured(far, controller, 30, i -> all(1 + i), ", warming up", new Discarded());
            measured(far, controller, 200, i -> all(31 + i), ", re-rate all" + what, report::figure);
        } finally {
            turning.interrupt();
            station.close();
        }
    }

    private static Order all(int time) {
        return new Order.Rate(Selection.prefix("bench."), SECOND.plusMillis(10L * time));
    }

    /** By code that is not compiled yet, as the first such order to a source is. */
    private static void firstOfAll(Controlled far, String what, Report report) {
        long began = System.nanoTime();
        far.apply(all(0), "user-1").orThrow();
        report.figure("order until answered" + what, (System.nanoTime() - began) / 1e6, "ms");
    }

    private interface Figures {
        void figure(String metric, double value, String unit);
    }

    private record Discarded() implements Figures {
        @Override
        public void figure(String metric, double value, String unit) {
            // of the time before all is compiled
        }
    }

    private static Wanted wanted(int number) {
        return Wanted.of("bench.probe." + number, "test.signal", Subject.site(), ProbeSettings.every(SECOND));
    }

    private static void measured(Controlled far, UdpController controller, int times, IntFunction<Order> order, String what, Figures report) {
        var took = new long[times];
        long bytes = controller.sentBytes() + controller.heardBytes();
        for (int i = 0; i < times; i++) {
            long began = System.nanoTime();
            if (far.apply(order.apply(i), "user-1").orThrow() instanceof Answer.Done(_, int unfit, var why) && unfit > 0) {
                throw new IllegalStateException(why);
            }
            took[i] = System.nanoTime() - began;
        }
        Arrays.sort(took);
        report.figure("order until answered, p50" + what, took[times / 2] / 1e6, "ms");
        report.figure("order until answered, p99" + what, took[times * 99 / 100] / 1e6, "ms");
        report.figure("order and answer" + what, (controller.sentBytes() + controller.heardBytes() - bytes) / (double) times, "bytes");
    }

    private static void turn(Station station) {
        try {
            while (true) {
                station.turn(now(), System.currentTimeMillis());
                Thread.sleep(10);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }
}
