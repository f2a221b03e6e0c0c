package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Aggregate;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.plane.Answer;
import org.reservoir.monitoring.plane.Controlled;
import org.reservoir.monitoring.plane.Counting;
import org.reservoir.monitoring.plane.KindShown;
import org.reservoir.monitoring.plane.Kinds;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.plane.Selection;
import org.reservoir.monitoring.plane.Shown;
import org.reservoir.monitoring.plane.Station;
import org.reservoir.monitoring.plane.Wanted;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Effort;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.ProbeKind;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.Transmission;

class OrdersTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OTHER_KEY = "fedcba9876543210".getBytes(StandardCharsets.US_ASCII);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ProbeSettings EACH_SECOND = ProbeSettings.every(Duration.ofSeconds(1));
    private static final Selection SOME = new Selection(Set.of(3, 70_000), "vees.", Optional.of("vees.1"), Optional.of("infra_vee"), Optional.of(new ServiceId(4)), Optional.of("vee.cpu"));
    private static final Wanted WANTED = new Wanted("services.sun.kpis.queue", "script", Map.of("command", "/usr/bin/queue --längste", "user", "nobody"), Subject.of(new VeeId(7)),
            Labels.of(new ServiceId(3), "web").at(new HostId(2)), EACH_SECOND.sending(Transmission.Band.above("load", 0.5)));
    private static final List<Order> ORDERS = List.of(new Order.Add(WANTED, true), new Order.Add(WANTED), new Order.Remove(Selection.ALL), new Order.Switch(SOME, true),
            new Order.Switch(SOME, false), new Order.Rate(SOME, Duration.ofMillis(1500)), new Order.Filter(SOME, new Transmission.Summary(Duration.ofMinutes(1), Aggregate.MEAN)),
            new Order.Filter(SOME, new Transmission.DeadBand("load", 0.1, true, Duration.ofMinutes(1))), new Order.Deliver(SOME, Delivery.ACCOUNTING),
            new Order.Relabel(SOME, Labels.NONE), new Order.Subscribe(Interest.inType("load").atMostEvery(Duration.ofSeconds(5)), "10.0.0.1:9999"), new Order.Unsubscribe(5),
            new Order.List(SOME, 17, 1000), new Order.ListKinds("host.cpu"),
            new Order.Budget(new org.reservoir.monitoring.probe.Budgets(0.05, 1000)));
    private static final List<Answer> ANSWERS = List.of(new Answer.Done(70_000, 2, "why"), new Answer.Added(9), new Answer.Subscribed(2),
            new Answer.Probes(List.of(new Shown(3, "a", "script", Map.of("x", "y"), WANTED.settings(), StreamState.STALE, true, true, "slow", new Effort(Duration.ofSeconds(8), 12345, 8, 1.5)),
                    new Shown(4, "b", "load", Map.of(), EACH_SECOND, StreamState.ON, false, false, "", new Effort(Duration.ofSeconds(1), 0, 1, 1))), true),
            new Answer.KindsThere(List.of(new KindShown("script", "Runs a script.", List.of(new ProbeKind.Parameter("command", "what", Optional.empty()),
                    new ProbeKind.Parameter("user", "who", Optional.of("nobody"))), "built in")), false),
            new Answer.NotDone(Refused.Kind.NOT_FOUND, "NO_SUCH_PROBE", "There is none.", "Look."));

    private final Kinds kinds = new Kinds();
    private final List<String> ordered = new CopyOnWriteArrayList<>();
    private final Station station = new Station(new SourceId(77), "far", kinds, new Station.Ports(_ -> {
        throw Refused.notFound("NO_SUCH_PLACE", "Nowhere.", "");
    }, org.reservoir.monitoring.plane.Memory.NONE, (by, _, order, _) -> ordered.add(by + " " + order.getClass().getSimpleName())), 0);

    OrdersTest() {
        kinds.offer(new Counting("count"), "built in");
    }

    private static Wanted counter(String name) {
        return new Wanted(name, "count", Map.of("start", "0"), Subject.of(new VeeId(7)), Labels.NONE, EACH_SECOND);
    }

    @Test
    void everyOrderAndAnswerComesThroughAsItWas() {
        var bytes = new byte[4096];
        for (var order : ORDERS) {
            var out = new Cursor().over(bytes, 0, 4000);
            OrderWords.put(out, order);
            assertThat(OrderWords.order(new Cursor().over(bytes, 0, out.at))).contains(order);
        }
        for (var answer : ANSWERS) {
            var out = new Cursor().over(bytes, 0, 4000);
            AnswerWords.put(out, answer, 1200);
            assertThat(AnswerWords.answer(new Cursor().over(bytes, 0, out.at))).contains(answer);
        }
    }

    @Test
    void whatIsNoOrderIsNeitherTakenNorThrown() {
        Seeded.forAll(3000, seed -> {
            var random = Seeded.random(seed);
            var bytes = new byte[600];
            var out = new Cursor().over(bytes, 0, 560);
            if (seed % 2 == 0) {
                OrderWords.put(out, ORDERS.get(random.nextInt(ORDERS.size())));
            } else {
                AnswerWords.put(out, ANSWERS.get(random.nextInt(ANSWERS.size())), 500);
            }
            int length = random.nextInt(3) == 0 ? random.nextInt(out.at + 1) : out.at;
            for (int i = random.nextInt(4); i > 0 && length > 0; i--) {
                bytes[random.nextInt(length)] = (byte) random.nextInt();
            }
            OrderWords.order(new Cursor().over(bytes, 0, length));
            AnswerWords.answer(new Cursor().over(bytes, 0, length));
        });
    }

    @Test
    void aSourceInAnotherProcessIsOrderedAsOneHere() throws Exception {
        try (var orders = new UdpOrders(ANY, KEY, station); var controller = new UdpController(KEY, PATIENCE)) {
            var far = controller.source(station.id(), orders.address());
            for (int i = 1; i <= 300; i++) {
                assertThat(far.apply(new Order.Add(counter("p" + i)), "user-1")).isEqualTo(new Answer.Added(i));
            }
            long before = controller.sentBytes();
            assertThat(far.apply(new Order.Rate(Selection.prefix("p"), Duration.ofSeconds(9)), "user-1")).isEqualTo(new Answer.Done(300, 0, ""));
            assertThat(controller.sentBytes() - before).as("bytes for 300 probes, repeated or not").isLessThan(300);
            assertThat(far.apply(new Order.Add(counter("p1")), "user-1")).isInstanceOfSatisfying(Answer.NotDone.class, no -> assertThat(no.code()).isEqualTo("PROBE_TAKEN"));
            assertThat(names(far)).hasSize(300).doesNotHaveDuplicates();
            assertThat(((Answer.KindsThere) far.apply(new Order.ListKinds(""), "user-1")).kinds()).isEqualTo(kinds.list());
            assertThat(ordered).hasSize(302).contains("user-1 Rate");
        }
    }

    private static List<String> names(Controlled far) {
        var names = new ArrayList<String>();
        int after = 0;
        for (boolean more = true; more; ) {
            var page = (Answer.Probes) far.apply(new Order.List(Selection.ALL, after, 1000), "user-1").orThrow();
            page.probes().forEach(probe -> names.add(probe.name()));
            after = page.probes().getLast().stream();
            more = page.more();
        }
        return names;
    }

    /** Between the two: loses and repeats what passes, and remembers it. */
    private static final class Relay implements AutoCloseable {
        final DatagramSocket near = new DatagramSocket(ANY);
        final DatagramSocket far = new DatagramSocket(ANY);
        final List<byte[]> seen = new CopyOnWriteArrayList<>();
        private final InetSocketAddress source;
        private volatile java.net.SocketAddress controller;
        private final Random random;

        Relay(InetSocketAddress source, Random random) throws SocketException {
            this.source = source;
            this.random = random;
            Thread.ofVirtual().start(() -> pass(near, far, true));
            Thread.ofVirtual().start(() -> pass(far, near, false));
        }

        private void pass(DatagramSocket in, DatagramSocket out, boolean orders) {
            var packet = new DatagramPacket(new byte[2000], 2000);
            try {
                while (true) {
                    packet.setLength(2000);
                    in.receive(packet);
                    var bytes = Arrays.copyOf(packet.getData(), packet.getLength());
                    seen.add(bytes);
                    controller = orders ? packet.getSocketAddress() : controller;
                    int times = random.nextInt(3); // lost, as it is, twice
                    for (int i = 0; i < times; i++) {
                        out.send(new DatagramPacket(bytes, bytes.length, orders ? source : controller));
                    }
                }
            } catch (IOException _) { // it is closed
            }
        }

        @Override
        public void close() {
            near.close();
            far.close();
        }
    }

    @Test
    void anOrderIsCarriedOutOnceHoweverOftenItsDatagramsAreLostOrRepeated() throws Exception {
        try (var orders = new UdpOrders(ANY, KEY, station); var controller = new UdpController(KEY, PATIENCE);
             var relay = new Relay(orders.address(), new Random(5))) {
            var far = controller.source(station.id(), (InetSocketAddress) relay.near.getLocalSocketAddress());
            for (int i = 1; i <= 20; i++) {
                assertThat(far.apply(new Order.Add(counter("p" + i)), "user-1")).as("never PROBE_TAKEN").isEqualTo(new Answer.Added(i));
            }
            assertThat(ordered).hasSize(20);
            assertThat(orders.counts().repeated()).isPositive();
        }
    }

    @Test
    void strangersAndRepeatersAndOrdersForOthersChangeNothing() throws Exception {
        try (var orders = new UdpOrders(ANY, KEY, station); var controller = new UdpController(KEY, PATIENCE); var stranger = new UdpController(OTHER_KEY, Duration.ofMillis(100));
             var hasty = new UdpController(KEY, Duration.ofMillis(100)); var relay = new Relay(orders.address(), new Random(1)); var tap = new DatagramSocket(ANY)) {
            assertThat(stranger.source(station.id(), orders.address()).apply(new Order.Remove(Selection.ALL), "user-1")).isInstanceOf(Answer.Unheard.class);
            assertThat(hasty.source(new SourceId(78), orders.address()).apply(new Order.Remove(Selection.ALL), "user-1")).isInstanceOf(Answer.Unheard.class);
            assertThat(ordered).isEmpty();
            assertThat(orders.counts().forged()).isPositive();
            assertThat(orders.counts().senseless()).isPositive();

            var far = controller.source(station.id(), (InetSocketAddress) relay.near.getLocalSocketAddress());
            far.apply(new Order.Add(counter("p")), "user-1");
            long repeatedBefore = orders.counts().repeated();
            for (var datagram : relay.seen) {
                tap.send(new DatagramPacket(datagram, datagram.length, orders.address()));
            }
            UdpTest.await(() -> orders.counts().repeated() > repeatedBefore);
            assertThat(ordered).containsExactly("user-1 Add");
        }
    }

    @Test
    void whoDoesNotAnswerIsGivenUpAndAnOrderThatFitsNoDatagramIsRefused() throws Exception {
        try (var controller = new UdpController(KEY, Duration.ofMillis(150)); var deaf = new DatagramSocket(ANY)) {
            var far = controller.source(new SourceId(1), (InetSocketAddress) deaf.getLocalSocketAddress());
            assertThat(far.apply(new Order.Switch(Selection.ALL, true), "user-1")).isInstanceOf(Answer.Unheard.class);
            var place = "x".repeat(1300);
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> far.apply(new Order.Subscribe(Interest.ALL, place), "user-1"))
                    .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("ORDER_TOO_LARGE"));
        }
    }

    @Test
    void theLargestProbeAndKindStillFitAnAnswer() throws Exception {
        var texts = Map.of("a".repeat(300), "é".repeat(150));
        kinds.offer(new ProbeKind() {
            @Override
            public String name() {
                return "k".repeat(100);
            }

            @Override
            public String purpose() {
                return "p".repeat(5000);
            }

            @Override
            public List<Parameter> parameters() {
                var many = new ArrayList<Parameter>();
                for (int i = 0; i < 30; i++) {
                    many.add(new Parameter("parameter-" + i, "m".repeat(500), Optional.of("u".repeat(90))));
                }
                many.add(new Parameter("a".repeat(300), "x", Optional.of("")));
                return many;
            }

            @Override
            public org.reservoir.monitoring.probe.Probe make(Map<String, String> parameters) {
                return new Counting("count").make(Map.of("start", "0", "step", "1"));
            }
        }, "o".repeat(300));
        try (var orders = new UdpOrders(ANY, KEY, station); var controller = new UdpController(KEY, PATIENCE)) {
            var far = controller.source(station.id(), orders.address());
            station.apply(new Order.Add(new Wanted("n".repeat(200), "k".repeat(100), texts, Subject.site(), Labels.NONE,
                    EACH_SECOND.sending(new Transmission.DeadBand("n", 1, true, Duration.ofDays(1))))), "x");
            assertThat(names(far)).hasSize(1);
            var first = (Answer.KindsThere) far.apply(new Order.ListKinds(""), "user-1");
            assertThat(first.kinds()).isNotEmpty();
            assertThat(((Answer.KindsThere) far.apply(new Order.ListKinds("count"), "user-1")).kinds()).hasSize(1);
        }
    }
}
