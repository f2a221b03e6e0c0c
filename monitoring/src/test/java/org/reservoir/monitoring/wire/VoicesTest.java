package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.probe.Outlet;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/** Each agent has a key of its own, and speaks for itself alone. */
class VoicesTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final byte[] BEHIND = "what all of the keys are made of".getBytes();
    private static final VoiceKey ONE = VoiceKey.derived(BEHIND, 0x1000_0001);
    private static final VoiceKey OTHER = VoiceKey.derived(BEHIND, 0xf000_0002);

    @TempDir
    Path directory;
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final Collector collector = new Collector(new Listener() {
        @Override
        public void measured(StreamInfo stream, Row row) {
            heard.add(Integer.toHexString(VoiceKey.number(stream.source())) + " " + row.whole(0));
        }

        @Override
        public void changed(StreamInfo stream, StreamState state, String why) {
            // not of interest here
        }
    }, () -> System.nanoTime() / 1_000_000);
    private final Map<Integer, Voices.Voice> known = new ConcurrentHashMap<>();

    private Voices voices() {
        for (var key : List.of(ONE, OTHER)) {
            known.put(key.number(), new Voices.Voice(Optional.of(key.secret()), true, collector, Scope.ALL));
        }
        return source -> Optional.ofNullable(known.get(VoiceKey.number(source)));
    }

    private static void say(Outlet outlet, SourceId source, long value) {
        say(outlet, source, 1, value);
    }

    private static void say(Outlet outlet, SourceId source, int number, long value) {
        var stream = SpoolTest.stream(source.value(), number);
        outlet.tell(stream, StreamState.ON, "");
        outlet.take(stream, value, SpoolTest.row(value));
    }

    @Test
    void aKeyIsWrittenAndReadAndTellsWhoseASourceIs() {
        assertThat(VoiceKey.parse(OTHER.written()).orElseThrow().written()).isEqualTo(OTHER.written()).matches("f0000002-[0-9a-f]{64}");
        assertThat(VoiceKey.number(OTHER.source())).isEqualTo(OTHER.number());
        assertThat(ONE.written().substring(9)).isNotEqualTo(OTHER.written().substring(9));
        assertThat(VoiceKey.parse("f0000002" + OTHER.written().substring(8, 40))).isEmpty();
    }

    @Test
    void nobodySpeaksForAnothersSourcesInDatagrams() throws Exception {
        try (var intake = new UdpIntake(ANY, voices()); var honest = new UdpOutlet(ONE.source(), intake.address(), Optional.of(ONE.secret()))) {
            var pretended = ONE.source();
            var unknown = new SourceId(77);
            try (var liar = new UdpOutlet(pretended, intake.address(), Optional.of(OTHER.secret())); var stranger = new UdpOutlet(unknown, intake.address(), Optional.of(OTHER.secret()))) {
                say(liar, pretended, 1);
                say(stranger, unknown, 2);
                UdpTest.await(() -> intake.counts().forged() >= 4);
            }
            say(honest, ONE.source(), 3);
            UdpTest.await(() -> intake.counts().frames() > 0);
            assertThat(collector.registry().sources()).allMatch(source -> VoiceKey.number(source.info().id()) == ONE.number());
        }
    }

    @Test
    void whoseKeyIsTakenAwayIsHeardNoMoreFromTheNextFrameOn() throws Exception {
        var one = ONE.source();
        try (var datagrams = new UdpIntake(ANY, voices()); var connections = new TcpIntake(ANY, Optional.empty(), voices(), Optional.empty());
             var out = new UdpOutlet(one, datagrams.address(), Optional.of(ONE.secret()));
             var line = new TcpOutlet(one, connections.address(), new Protection.SharedKey(ONE.secret()), Optional.empty(), 100)) {
            say(out, one, 1);
            UdpTest.await(() -> heard.size() == 1);
            say(line, one, 2);
            UdpTest.await(() -> heard.size() == 2);
            known.remove(ONE.number());
            say(out, one, 3);
            say(line, one, 4);
            UdpTest.await(() -> datagrams.counts().forged() > 0 && connections.counts().refused() > 0);
            assertThat(heard).containsExactly("10000001 1", "10000001 2");
        }
    }

    @Test
    void whatAVoiceMayNotTellOfIsDroppedAndCountedHoweverItComes() throws Exception {
        var mine = ConcurrentHashMap.<Subject>newKeySet();
        mine.add(Subject.of(new VeeId(1)));
        var scope = new Scope(stream -> mine.contains(stream.subject()));
        var one = ONE.source();
        var voice = Optional.of(voice(collector, scope));
        Voices voices = _ -> voice;
        try (var inbox = Spool.open(directory.resolve("inbox"), 8 << 20); var datagrams = new UdpIntake(ANY, voices); var connections = new TcpIntake(ANY, Optional.empty(), voices, Optional.of(inbox));
             var out = new UdpOutlet(one, datagrams.address(), Optional.of(ONE.secret())); var kept = Spool.open(directory.resolve("kept"), 8 << 20);
             var line = new TcpOutlet(one, connections.address(), new Protection.SharedKey(ONE.secret()), Optional.of(kept), 100)) {
            say(out, one, 1, 1);
            say(out, one, 2, 2);
            UdpTest.await(() -> heard.size() == 1 && scope.refused() == 1);
            line.tell(SpoolTest.stream(one.value(), 2), StreamState.ON, "");
            line.take(SpoolTest.stream(one.value(), 2), 3, SpoolTest.row(3)); // for accounting
            UdpTest.await(() -> scope.refused() == 2 && kept.settled() == 1);
            mine.clear(); // the VEE is elsewhere now
            out.take(SpoolTest.stream(one.value(), 1), 4, SpoolTest.row(4));
            UdpTest.await(() -> scope.refused() == 3);
            assertThat(heard).containsExactly("10000001 1");
            assertThat(inbox.last()).isZero();
            assertThat(collector.registry().streams(Interest.ALL)).as("nobody even hears that there is such a stream").hasSize(1);
        }
    }

    private static Voices.Voice voice(Collector collector, Scope scope) {
        return new Voices.Voice(Optional.of(ONE.secret()), true, collector, scope);
    }

    @Test
    void theListenersCertificateAndAKeyOfOnesOwnTogetherProtectAConnection() throws Exception {
        var certificate = Certificates.ours().context();
        var one = ONE.source();
        try (var intake = new TcpIntake(ANY, Optional.of(certificate), voices(), Optional.empty())) {
            var at = new InetSocketAddress("localhost", intake.address().getPort());
            try (var stranger = new TcpOutlet(one, at, new Protection.CertificateAndKey(certificate, OTHER.secret()), Optional.empty(), 100)) {
                say(stranger, one, 1);
                UdpTest.await(() -> intake.counts().refused() > 0);
            }
            try (var line = new TcpOutlet(one, at, new Protection.CertificateAndKey(certificate, ONE.secret()), Optional.empty(), 100);
                 var plain = new TcpOutlet(one, at, new Protection.SharedKey(ONE.secret()), Optional.empty(), 100)) {
                say(line, one, 2);
                say(plain, one, 3);
                UdpTest.await(() -> heard.size() == 1);
                UdpTest.await(() -> plain.counts().problem().length() > 0);
                assertThat(heard).containsExactly("10000001 2");
            }
        }
    }

    @Test
    void nobodyCanSayThatHeHasSentWhatWaitsInAnothersSpool() throws Exception {
        try (var inbox = Spool.open(directory.resolve("inbox"), 8 << 20); var intake = new TcpIntake(ANY, Optional.empty(), voices(), Optional.of(inbox));
             var kept = Spool.open(directory.resolve("kept"), 8 << 20)) {
            var source = ONE.source();
            for (long i = 1; i <= 5; i++) {
                kept.keep(SpoolTest.stream(source.value(), 1), i, SpoolTest.row(i));
            }
            try (var liar = new TcpOutlet(OTHER.source(), intake.address(), new Protection.SharedKey(OTHER.secret()), Optional.of(kept), 100)) {
                UdpTest.await(() -> inbox.last() == 5); // the liar has a copy of another's spool, with its id
                assertThat(liar.counts().unkept()).isZero();
            }
            kept.settle(0);
            assertThat(heard).as("as sources of the one who sent them").containsExactly("f0000002 1", "f0000002 2", "f0000002 3", "f0000002 4", "f0000002 5");
            try (var copy = Spool.open(directory.resolve("again"), 8 << 20)) {
                copy.keep(SpoolTest.stream(source.value(), 1), 1, SpoolTest.row(9));
                try (var honest = new TcpOutlet(source, intake.address(), new Protection.SharedKey(ONE.secret()), Optional.of(copy), 100)) {
                    UdpTest.await(() -> heard.contains("10000001 9"));
                    UdpTest.await(() -> copy.settled() == 1);
                    assertThat(honest.counts().problem()).isEmpty();
                }
            }
        }
    }

    @Test
    void whoIsRefusedIsToldWithItsAddressAndCountsForTheVoiceWhoseNumberItBears() throws Exception {
        var refusals = new CopyOnWriteArrayList<String>();
        var voices = voices();
        try (var intake = new TcpIntake(ANY, Optional.empty(), voices, Optional.empty(), (from, why) -> refusals.add(from.getHostAddress() + " " + why));
             var wrongKey = new TcpOutlet(ONE.source(), intake.address(), new Protection.SharedKey(OTHER.secret()), Optional.empty(), 100)) {
            say(wrongKey, ONE.source(), 1);
            UdpTest.await(() -> !refusals.isEmpty());
            assertThat(refusals.getFirst()).isEqualTo("127.0.0.1 what it sends is not sealed with its key");
            assertThat(known.get(ONE.number()).scope().forged()).isPositive();
            try (var unknown = new TcpOutlet(new SourceId(77), intake.address(), new Protection.SharedKey(OTHER.secret()), Optional.empty(), 100)) {
                UdpTest.await(() -> refusals.contains("127.0.0.1 nobody has its key"));
                assertThat(List.of(wrongKey.counts().problem(), unknown.counts().problem())).doesNotContain("");
            }
        }
    }
}
