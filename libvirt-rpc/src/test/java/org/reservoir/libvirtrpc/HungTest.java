package org.reservoir.libvirtrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A peer that takes or answers nothing holds up nobody else, and is found out. */
class HungTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final ConnectOptions PATIENT = ConnectOptions.DEFAULT.patience(LONG).keepAlive(Duration.ofMinutes(1), LONG);
    private static final ConnectOptions WATCHFUL = ConnectOptions.DEFAULT.patience(LONG).keepAlive(Duration.ofMillis(100), Duration.ofSeconds(2));

    @Test
    void aCallEndsAtItsDeadlineAndTheConnectionStaysUsable() {
        try (var peer = new Peer((call, out) -> {
            if (call.procedure() == Procedure.CONNECT_GET_TYPE.number()) {
                out.write(Peer.reply(call, 0, Peer.written(xdr -> xdr.text("TEST"))));
            }
        }); var host = LibvirtConnection.open(peer.uri(), PATIENT)) {
            assertThatThrownBy(() -> host.within(Duration.ofMillis(50)).hostname()).isInstanceOf(LibvirtFailure.CallTimedOut.class)
                    .hasMessageContaining("CONNECT_GET_HOSTNAME");
            assertThat(host.type()).isEqualTo("TEST");
        }
    }

    @Test
    void anAnswerThatComesAfterItsDeadlineIsForgotten() {
        var late = new LinkedBlockingQueue<Peer.Heard>();
        try (var peer = new Peer((call, out) -> {
            late.add(call);
            if (late.size() == 2) {
                for (var each : late) {
                    out.write(Peer.reply(each, 0, Peer.written(xdr -> xdr.text("answer to " + each.procedure()))));
                }
            }
        }); var host = LibvirtConnection.open(peer.uri(), PATIENT)) {
            assertThatThrownBy(() -> host.within(Duration.ofMillis(50)).hostname()).isInstanceOf(LibvirtFailure.CallTimedOut.class);
            assertThat(host.type()).isEqualTo("answer to 3");
        }
    }

    @Test
    void whatIsAskedOfManyAtOnceIsAnsweredInTheirOrderWithoutThoseThatAreNoMore() {
        var asked = new LinkedBlockingQueue<Peer.Heard>();
        var domains = IntStream.range(0, 20).mapToObj(i -> new Domain("d" + i, new UUID(0, i), i)).toList();
        try (var peer = new Peer((call, out) -> {
            asked.add(call);
            if (asked.size() == domains.size()) { // none is answered before all are asked, and the last is answered first
                for (var each : List.copyOf(asked).reversed()) {
                    int id = new XdrReader(ByteBuffer.wrap(each.payload())).domain().id();
                    out.write(id == 7 ? Peer.reply(each, Packet.ERROR, Peer.written(xdr -> xdr.number(LibvirtError.NO_DOMAIN).number(0).maybe(Optional.of("gone"))))
                            : Peer.reply(each, 0, Peer.written(xdr -> xdr.number(1).hyper(2).hyper(3).number(4).hyper(1000 + id))));
                }
            }
        }); var host = LibvirtConnection.open(peer.uri(), PATIENT)) {
            var infos = host.infos(domains);
            assertThat(infos).hasSize(19).doesNotContainKey(new UUID(0, 7));
            infos.forEach((uuid, info) -> assertThat(info.cpuTime()).isEqualTo(1000 + uuid.getLeastSignificantBits()));
            assertThat(host.unanswered(Duration.ZERO)).isZero();
        }
    }

    @Test
    void whoAsksOfManyAtOnceWaitsForNoneLongerThanItsDeadlineAndNotForAConnectionThatIsGone() {
        var domains = IntStream.range(0, 20).mapToObj(i -> new Domain("d" + i, new UUID(0, i), i)).toList();
        var gone = new CountDownLatch(1);
        try (var peer = new Peer((call, out) -> {
            int id = new XdrReader(ByteBuffer.wrap(call.payload())).domain().id();
            if (gone.getCount() == 0 && id == 19) {
                throw new IOException("ends the connection");
            }
            if (id != 3) {
                out.write(Peer.reply(call, 0, Peer.written(xdr -> xdr.number(1).hyper(2).hyper(3).number(4).hyper(5))));
            }
        }); var host = LibvirtConnection.open(peer.uri(), PATIENT)) {
            assertThatThrownBy(() -> host.within(Duration.ofMillis(50)).infos(domains)).isInstanceOf(LibvirtFailure.CallTimedOut.class).hasMessageContaining("DOMAIN_GET_INFO");
            gone.countDown();
            assertThatThrownBy(() -> host.infos(domains)).isInstanceOf(LibvirtFailure.ConnectionLost.class);
            assertThatThrownBy(() -> host.infos(domains)).isInstanceOf(LibvirtFailure.ConnectionLost.class);
        }
    }

    /** Far more than its socket and our queue hold: the caller that gets no room waits no longer than any other. */
    @Test
    void aPeerThatTakesNoBytesCostsACallItsDeadline() throws Exception {
        var never = new CountDownLatch(1);
        try (var peer = new Peer((_, _) -> await(never)); var host = LibvirtConnection.open(peer.uri(), PATIENT)) {
            var large = "x".repeat(1 << 20);
            var callers = IntStream.range(0, 60)
                    .mapToObj(_ -> CompletableFuture.runAsync(() -> host.within(Duration.ofSeconds(1)).define(large), Thread::startVirtualThread)).toList();
            for (var caller : callers) {
                assertThatThrownBy(() -> caller.get(1, TimeUnit.MINUTES)).hasCauseInstanceOf(LibvirtFailure.CallTimedOut.class);
            }
        } finally {
            never.countDown();
        }
    }

    @Test
    void aPeerThatTakesNoBytesIsGivenUp() throws Exception {
        var never = new CountDownLatch(1);
        var lost = new LinkedBlockingQueue<String>();
        try (var peer = new Peer((_, _) -> await(never)); var host = LibvirtConnection.open(peer.uri(), WATCHFUL)) {
            host.onClosed(lost::add);
            var large = "x".repeat(30 << 20);
            assertThatThrownBy(() -> host.define(large)).isInstanceOf(LibvirtFailure.ConnectionLost.class).hasMessageContaining("silent");
            assertThat(lost.poll(1, TimeUnit.MINUTES)).contains("silent");
        } finally {
            never.countDown();
        }
    }

    @Test
    void aPeerIsAskedForASignOfLifeAndStaysWhenItGivesOne() throws InterruptedException {
        BlockingQueue<Integer> pings = new LinkedBlockingQueue<>();
        try (var peer = new Peer((call, out) -> {
            pings.add(call.program());
            out.write(Peer.packet(28, Packet.KEEPALIVE, 1, 2, Packet.MESSAGE, 0, 0, new byte[0]));
        }); var host = LibvirtConnection.open(peer.uri(), ConnectOptions.DEFAULT.keepAlive(Duration.ofMillis(10), Duration.ofMinutes(1)))) {
            for (int i = 0; i < 20; i++) {
                assertThat(pings.poll(1, TimeUnit.MINUTES)).isEqualTo(Packet.KEEPALIVE);
            }
            assertThat(host.isOpen()).isTrue();
        }
    }

    /** Else the peer keeps the channel for somebody who is gone, and gives it to nobody else. */
    @Test
    void aStreamThatIsClosedByAThreadBeingEndedIsGivenBack() throws InterruptedException {
        var streamed = new LinkedBlockingQueue<Peer.Heard>();
        try (var peer = new Peer((call, out) -> {
            if (call.type() == Packet.CALL) {
                out.write(Peer.reply(call, 0, new byte[0]));
            } else if (call.type() == Packet.STREAM) {
                streamed.add(call);
            }
        }); var host = LibvirtConnection.open(peer.uri(), PATIENT)) {
            var ended = Thread.startVirtualThread(() -> {
                try (var _ = host.channel(new Domain("d", new UUID(1, 2), 3), "voice", false)) {
                    Thread.currentThread().interrupt();
                }
            });
            ended.join();
            assertThat(streamed.poll(1, TimeUnit.MINUTES)).isNotNull();
        }
    }

    /** The peer was asked and opens it in the end: for nobody. */
    @Test
    void aStreamThatIsOpenedAfterItsThreadWasEndedIsGivenBack() throws InterruptedException {
        var streamed = new LinkedBlockingQueue<Peer.Heard>();
        var asked = new CountDownLatch(1);
        var given = new CountDownLatch(1);
        try (var peer = new Peer((call, out) -> {
            if (call.type() == Packet.CALL) {
                asked.countDown();
                await(given);
                out.write(Peer.reply(call, 0, new byte[0]));
            } else if (call.type() == Packet.STREAM) {
                streamed.add(call);
            }
        }); var host = LibvirtConnection.open(peer.uri(), PATIENT)) {
            var ended = Thread.startVirtualThread(() ->
                    assertThatThrownBy(() -> host.channel(new Domain("d", new UUID(1, 2), 3), "voice", false)).isInstanceOf(LibvirtFailure.CallTimedOut.class));
            asked.await();
            ended.interrupt();
            ended.join();
            given.countDown();
            assertThat(streamed.poll(1, TimeUnit.MINUTES)).isNotNull();
        }
    }

    @Test
    void aPeersOwnQuestionIsAnswered() throws InterruptedException {
        var answers = new LinkedBlockingQueue<Peer.Heard>();
        try (var peer = new Peer((call, out) -> {
            answers.add(call);
            if (call.program() == Packet.REMOTE) {
                out.write(Peer.packet(28, Packet.KEEPALIVE, 1, 1, Packet.MESSAGE, 0, 0, new byte[0]));
            }
        }); var host = LibvirtConnection.open(peer.uri(), PATIENT)) {
            assertThatThrownBy(() -> host.within(Duration.ofMillis(50)).hostname()).isInstanceOf(LibvirtFailure.CallTimedOut.class);
            assertThat(answers.poll(1, TimeUnit.MINUTES).program()).isEqualTo(Packet.REMOTE);
            var pong = answers.poll(1, TimeUnit.MINUTES);
            assertThat(pong.program()).isEqualTo(Packet.KEEPALIVE);
            assertThat(pong.procedure()).isEqualTo(2);
        }
    }

    @Test
    void aSocketWhoseOwnerNoLongerAcceptsIsUnreachableAtOnce(@TempDir Path folder) throws Exception {
        var path = folder.resolve("socket");
        var waiting = new ArrayList<SocketChannel>();
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path), 1);
            assertThatThrownBy(() -> {
                while (true) {
                    var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                    waiting.add(channel);
                    channel.configureBlocking(false);
                    channel.connect(UnixDomainSocketAddress.of(path));
                }
            }).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> LibvirtConnection.open("test+unix:///default?socket=" + path, PATIENT)).isInstanceOf(LibvirtFailure.Unreachable.class)
                    .hasMessageContaining(path.toString());
        } finally {
            for (var channel : waiting) {
                channel.close();
            }
        }
    }

    @Test
    @Tag("real")
    void aLibvirtdThatHangsHoldsUpNobodyElse() throws Exception {
        try (var hung = PrivateLibvirtd.start(); var other = PrivateLibvirtd.start();
             var one = LibvirtConnection.open(hung.tcp("test", "/default"), PATIENT);
             var two = LibvirtConnection.open(other.unix("test", "/default"), PATIENT)) {
            hung.hang();
            try {
                var waiting = IntStream.range(0, 100)
                        .mapToObj(_ -> CompletableFuture.supplyAsync(() -> one.within(Duration.ofSeconds(30)).hostname(), Thread::startVirtualThread)).toList();
                for (int i = 0; i < 100; i++) {
                    assertThat(two.domains(0)).hasSize(1);
                }
                assertThat(waiting).noneMatch(CompletableFuture::isDone);
                assertThatThrownBy(() -> one.within(Duration.ofMillis(100)).type()).isInstanceOf(LibvirtFailure.CallTimedOut.class);
                hung.goOn();
                for (var each : waiting) {
                    assertThat(each.get(1, TimeUnit.MINUTES)).isNotEmpty();
                }
            } finally {
                hung.goOn();
            }
        }
    }

    @Test
    @Tag("real")
    void aLibvirtdThatHangsOrDiesIsFoundOutAndCanBeOpenedAgain() throws InterruptedException {
        try (var libvirtd = PrivateLibvirtd.start()) {
            for (Runnable harm : new Runnable[] {libvirtd::hang, libvirtd::kill}) {
                var lost = new LinkedBlockingQueue<String>();
                try (var host = LibvirtConnection.open(libvirtd.tcp("test", "/default"), WATCHFUL)) {
                    host.onClosed(lost::add);
                    harm.run();
                    assertThat(lost.poll(1, TimeUnit.MINUTES)).isNotNull();
                    assertThatThrownBy(host::type).isInstanceOf(LibvirtFailure.ConnectionLost.class);
                }
                libvirtd.kill();
                libvirtd.launch();
                try (var host = LibvirtConnectionTest.open(libvirtd.tcp("test", "/default"))) {
                    assertThat(host.type()).isEqualTo("TEST");
                }
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interruption) {
            throw new IllegalStateException(interruption);
        }
    }
}
