package org.reservoir.libvirtrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

/** What goes out on a connection, write by write: each costs a call of the system, and wakes the peer. */
class WireTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Procedure ASKED = Procedure.DOMAIN_GET_INFO;
    /** Fewer than may wait to be written. */
    private static final int CALLS = 10;

    @Test
    void callsThatWaitToBeWrittenGoOutTogetherInTheirOrder() throws Exception {
        var line = new Line();
        try (var wire = wire(line)) {
            var asking = asking(wire, CALLS, LONG);
            line.letThrough();
            var written = line.written(CALLS);
            assertThat(line.writes).as("the first, which stood at the gate, and all that waited behind it").hasSizeLessThanOrEqualTo(2);
            assertThat(serials(written)).isEqualTo(IntStream.rangeClosed(1, CALLS).boxed().toList());
            line.answer(written.reversed());
            assertThat(asking.get(1, TimeUnit.MINUTES)).extracting(Packet::serial).containsExactlyElementsOf(serials(written));
        }
    }

    @Test
    void aCallThatNoOtherFollowsGoesOutAtOnce() throws Exception {
        var line = new Line();
        line.letThrough();
        try (var wire = wire(line)) {
            for (int turn = 1; turn <= 3; turn++) {
                var asking = asking(wire, 1, LONG);
                line.answer(line.written(turn).subList(turn - 1, turn));
                assertThat(asking.get(1, TimeUnit.MINUTES)).hasSize(1);
            }
        }
    }

    @Test
    void aCallThatWaitsBehindAPeerThatTakesNothingEndsAtItsOwnDeadlineAndTheOthersAreAnswered() throws Exception {
        var line = new Line();
        try (var wire = wire(line)) {
            var patient = asking(wire, CALLS, LONG);
            assertThatThrownBy(() -> wire.calls().call(ASKED, new byte[0], Duration.ofMillis(20))).isInstanceOf(LibvirtFailure.CallTimedOut.class);
            line.letThrough();
            line.answer(line.written(CALLS + 1));
            assertThat(patient.get(1, TimeUnit.MINUTES)).hasSize(CALLS);
            assertThat(wire.isOpen()).isTrue();
        }
    }

    @Test
    void whoIsInterruptedWhileItsCallsWaitToBeWrittenEndsAndTheOthersAreAnswered() throws Exception {
        var line = new Line();
        try (var wire = wire(line)) {
            var patient = asking(wire, CALLS - 1, LONG);
            var told = new CompletableFuture<Throwable>();
            var ended = Thread.startVirtualThread(() -> {
                try {
                    wire.calls().call(ASKED, new byte[0], LONG);
                } catch (LibvirtFailure failure) {
                    told.complete(failure);
                }
            });
            untilItWaits(ended);
            ended.interrupt();
            assertThat(told.get(1, TimeUnit.MINUTES)).isInstanceOf(LibvirtFailure.CallTimedOut.class).hasMessageContaining("Interrupted");
            line.letThrough();
            line.answer(line.written(CALLS - 1));
            assertThat(patient.get(1, TimeUnit.MINUTES)).hasSize(CALLS - 1);
        }
    }

    @Test
    void aConnectionThatDiesInTheMiddleOfAWriteEndsAllCalls() throws Exception {
        var line = new Line();
        try (var wire = wire(line)) {
            var one = asking(wire, CALLS / 2, LONG);
            var other = asking(wire, CALLS / 2, LONG);
            line.breakOff();
            for (var each : List.of(one, other)) {
                assertThatThrownBy(() -> each.get(1, TimeUnit.MINUTES)).hasCauseInstanceOf(LibvirtFailure.ConnectionLost.class);
            }
            assertThatThrownBy(() -> wire.calls().call(ASKED, new byte[0], LONG)).isInstanceOf(LibvirtFailure.ConnectionLost.class);
        }
    }

    private static Wire wire(Transport transport) {
        return new Wire(transport, "test", LONG, LONG);
    }

    /** So many calls of one thread, all made when this returns. */
    private static FutureTask<List<Packet>> asking(Wire wire, int calls, Duration patience) {
        var asking = new FutureTask<>(() -> wire.calls().callAll(ASKED, IntStream.range(0, calls).mapToObj(_ -> new byte[8]).toList(), patience));
        untilItWaits(Thread.startVirtualThread(asking));
        return asking;
    }

    private static void untilItWaits(Thread caller) {
        while (caller.getState() != Thread.State.TIMED_WAITING && caller.isAlive()) {
            Thread.onSpinWait();
        }
    }

    private static List<Integer> serials(List<Packet> packets) {
        return packets.stream().map(Packet::serial).toList();
    }

    /** A peer that takes nothing until it is let through, and says what a test wants. */
    private static final class Line implements Transport {
        final List<byte[]> writes = new ArrayList<>();
        private final CountDownLatch gate = new CountDownLatch(1);
        private volatile boolean broken;
        private final BlockingQueue<Packet> written = new LinkedBlockingQueue<>();
        private final List<Packet> all = new ArrayList<>();
        private final BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();

        void letThrough() {
            gate.countDown();
        }

        void breakOff() {
            broken = true;
            gate.countDown();
        }

        /** The calls written so far, once there are so many. */
        List<Packet> written(int calls) throws InterruptedException {
            while (all.size() < calls) {
                all.add(written.poll(1, TimeUnit.MINUTES));
            }
            return List.copyOf(all);
        }

        void answer(List<Packet> calls) {
            for (var call : calls) {
                for (byte each : Packet.of(call.program(), call.procedure(), Packet.REPLY, call.serial(), Packet.OK, new byte[0]).bytes()) {
                    answers.add(each & 0xff);
                }
            }
        }

        private void take(byte[] bytes) throws IOException {
            try {
                gate.await();
            } catch (InterruptedException interruption) {
                throw new IOException(interruption);
            }
            writes.add(bytes);
            if (broken) {
                throw new IOException("broken");
            }
            for (var left = ByteBuffer.wrap(bytes); left.hasRemaining();) {
                int end = left.position() + left.getInt();
                int program = left.getInt();
                left.getInt();
                written.add(new Packet(program, left.getInt(), left.getInt(), left.getInt(), left.getInt(), ByteBuffer.allocate(0)));
                left.position(end);
            }
        }

        @Override
        public OutputStream out() {
            return new OutputStream() {
                @Override
                public void write(int one) throws IOException {
                    throw new IOException("a write of one byte");
                }

                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    take(Arrays.copyOfRange(bytes, from, from + length));
                }
            };
        }

        @Override
        public InputStream in() {
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    try {
                        return answers.take();
                    } catch (InterruptedException interruption) {
                        throw new IOException(interruption);
                    }
                }

                @Override
                public int read(byte[] into, int from, int length) throws IOException {
                    int one = read();
                    if (one >= 0) {
                        into[from] = (byte) one;
                    }
                    return one < 0 ? -1 : 1;
                }
            };
        }

        @Override
        public void close() {
            answers.add(-1);
            gate.countDown();
        }
    }
}
