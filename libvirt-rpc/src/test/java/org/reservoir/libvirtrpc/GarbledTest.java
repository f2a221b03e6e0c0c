package org.reservoir.libvirtrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.reservoir.libvirtrpc.Peer.packet;
import static org.reservoir.libvirtrpc.Peer.reply;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A peer that is no libvirtd, or whose bytes are garbled: the connection ends, says why, and has cost nothing. */
class GarbledTest {
    private static final int REMOTE = Packet.REMOTE;
    private static final ConnectOptions OPTIONS = ConnectOptions.DEFAULT.patience(Duration.ofMinutes(1));

    @ParameterizedTest
    @CsvSource({
        "2147483647, 0x20008086, 1, 1, 0, a packet of 2147483647 bytes",
        "-5, 0x20008086, 1, 1, 0, a packet of -5 bytes",
        "3, 0x20008086, 1, 1, 0, a packet of 3 bytes",
        "28, 0x11111111, 1, 1, 0, program 0x11111111",
        "28, 0x20008086, 9, 1, 0, version 9",
        "28, 0x20008086, 1, 7, 0, a packet of type 7",
        "28, 0x20008086, 1, 0, 0, a packet of type 0",
        "28, 0x20008086, 1, 1, 3, a packet of type 1 and status 3",
    })
    void aHeaderThatCannotBeEndsTheConnection(int length, String program, int version, int type, int status, String why) {
        try (var peer = new Peer((call, out) -> out.write(packet(length, Integer.decode(program), version, 59, type, call.serial(), status, new byte[0])));
             var host = LibvirtConnection.open(peer.uri(), OPTIONS)) {
            assertEnds(host, why);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, which was never made", "99, an answer to call 99", "-1, an answer to call -1"})
    void anAnswerToAQuestionNeverAskedEndsTheConnection(int serial, String why) {
        try (var peer = new Peer((_, out) -> out.write(packet(28, REMOTE, 1, 59, Packet.REPLY, serial, 0, new byte[0])));
             var host = LibvirtConnection.open(peer.uri(), OPTIONS)) {
            assertEnds(host, why);
        }
    }

    @Test
    void anAnswerThatIsShorterThanItSaysEndsTheConnection() {
        try (var peer = new Peer((call, out) -> out.write(reply(call, 0, new byte[] {0x7f, -1, -1, -1})));
             var host = LibvirtConnection.open(peer.uri(), OPTIONS)) {
            assertEnds(host, "CONNECT_GET_HOSTNAME was answered by garbled bytes: 2147483647 bytes announced, 0 there");
        }
    }

    @Test
    void anAnswerThatBreaksOffEndsTheConnection() {
        try (var peer = new Peer((call, out) -> {
            out.write(reply(call, 0, new byte[100]), 0, 60);
            out.close();
        }); var host = LibvirtConnection.open(peer.uri(), OPTIONS)) {
            assertEnds(host, "32 bytes of 100");
        }
    }

    @Test
    void aGarbledEventEndsTheConnection() {
        try (var peer = new Peer((_, out) -> out.write(packet(28, REMOTE, 1, 318, Packet.MESSAGE, 0, 0, new byte[0])));
             var host = LibvirtConnection.open(peer.uri(), OPTIONS)) {
            assertThatThrownBy(() -> host.listen(_ -> { })).isInstanceOf(LibvirtFailure.ConnectionLost.class).hasMessageContaining("an event of garbled bytes");
        }
    }

    @Test
    void aListenerThatFailsIsToldSoByTheEndOfItsConnection() {
        var event = Peer.written(out -> out.number(1).domain(new Domain("d", new UUID(1, 2), 3)).number(2).number(0));
        try (var peer = new Peer((_, out) -> out.write(packet(28 + event.length, REMOTE, 1, 318, Packet.MESSAGE, 0, 0, event)));
             var host = LibvirtConnection.open(peer.uri(), OPTIONS)) {
            assertThatThrownBy(() -> host.listen(_ -> {
                throw new IllegalStateException("no ear for that");
            })).isInstanceOf(LibvirtFailure.ConnectionLost.class).hasMessageContaining("no ear for that");
        }
    }

    @Test
    void aPeerThatSpeaksAnotherProtocolIsNoLibvirtd() throws Exception {
        try (var server = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            var web = CompletableFuture.runAsync(() -> {
                try (var socket = server.accept()) {
                    socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\nwhat was that?".getBytes());
                } catch (java.io.IOException broken) {
                    throw new java.io.UncheckedIOException(broken);
                }
            });
            assertThatThrownBy(() -> LibvirtConnection.open("test+tcp://127.0.0.1:%d/default".formatted(server.getLocalPort()), OPTIONS))
                    .isInstanceOf(LibvirtFailure.Unreachable.class).hasMessageContaining("this is no libvirtd");
            web.get(1, TimeUnit.MINUTES);
        }
    }

    /** The announced 30 MiB are never allocated: what is kept grows with what arrives. */
    @Test
    void aLongPacketThatNeverComesCostsNoMemory() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        var head = packet(30 << 20, REMOTE, 1, 1, Packet.REPLY, 1, 0, new byte[1000]);
        assertThatThrownBy(() -> Packet.read(new DataInputStream(new ByteArrayInputStream(head)))).hasMessageContaining("1000 bytes of");
        long before = threads.getCurrentThreadAllocatedBytes();
        catchThrowable(() -> Packet.read(new DataInputStream(new ByteArrayInputStream(head))));
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
    }

    @Test
    void whateverAPeerSaysACallEndsInAKnownWay() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            var good = Peer.written(out -> out.number(1).domain(new Domain("d", new UUID(1, 2), 3)).parameters(Map.of("state.state", 1, "name", "x")).number(1));
            try (var peer = new Peer((call, out) -> {
                out.write(mangled(random, reply(call, 0, good)));
                out.close();
            })) {
                var host = LibvirtConnection.open(peer.uri(), OPTIONS);
                var thrown = catchThrowable(() -> host.stats(0, 0));
                assertThat(thrown == null || thrown instanceof LibvirtFailure).as("seed %d, round %d: %s", seed, round, thrown).isTrue();
                host.close();
            }
        }
    }

    /** A few bits turned, or the end cut off, or numbers made enormous. */
    private static byte[] mangled(Random random, byte[] packet) {
        var bytes = packet.clone();
        switch (random.nextInt(4)) {
            case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 2 -> ByteBuffer.wrap(bytes).putInt(random.nextInt(bytes.length / 4) * 4, random.nextBoolean() ? Integer.MAX_VALUE : -random.nextInt(100));
            default -> random.nextBytes(bytes);
        }
        return bytes;
    }

    @Test
    void noBytesMakeTheReaderRunAway() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            var bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (bytes.length > 8 && random.nextBoolean()) {
                ByteBuffer.wrap(bytes).putInt(0, random.nextInt(4)).putInt(4, random.nextInt(16));
            }
            int kind = round % 4;
            var thrown = catchThrowable(() -> {
                var in = new XdrReader(ByteBuffer.wrap(bytes));
                switch (kind) {
                    case 0 -> in.list(one -> new DomainCalls.Stats(one.domain(), one.parameters()));
                    case 1 -> in.parameters();
                    case 2 -> in.fields();
                    default -> in.maybe();
                }
            });
            assertThat(thrown == null || thrown instanceof MalformedXdr).as("seed %d, round %d: %s", seed, round, thrown).isTrue();
        }
    }

    private static void assertEnds(LibvirtConnection host, String why) {
        assertThatThrownBy(host::hostname).isInstanceOf(LibvirtFailure.ConnectionLost.class).hasMessageContaining(why);
        assertThat(host.isOpen()).isFalse();
        assertThatThrownBy(host::hostname).isInstanceOf(LibvirtFailure.ConnectionLost.class).hasMessageContaining(why);
    }
}
