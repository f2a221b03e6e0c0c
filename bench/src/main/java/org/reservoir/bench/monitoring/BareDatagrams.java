package org.reservoir.bench.monitoring;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * What this machine does to a datagram of eight bytes that one thread sends over loopback and another waits for, a thousand a second: the floor
 * under whatever is measured in the same process at the same time. Here nothing is made, sealed, read or kept, so what is over it is ours.
 */
final class BareDatagrams implements AutoCloseable {
    private static final long PAUSE_NANOS = 1_000_000;

    private final DatagramChannel in;
    private final DatagramChannel out;
    private final Thread sender;
    private final Thread receiver;
    private final long[] ages;
    private int heard;
    private volatile boolean ended;

    /** @param most datagrams that are noted */
    BareDatagrams(int most) throws IOException {
        ages = new long[most];
        in = DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        out = DatagramChannel.open().connect(in.getLocalAddress());
        receiver = Thread.ofPlatform().daemon().name("bare-receiver").start(this::receive);
        sender = Thread.ofPlatform().daemon().name("bare-sender").start(this::send);
    }

    private void send() {
        var buffer = ByteBuffer.allocateDirect(Long.BYTES);
        try {
            while (!ended) {
                LockSupport.parkNanos(PAUSE_NANOS);
                out.write(buffer.clear().putLong(System.nanoTime()).flip());
            }
        } catch (IOException e) {
            throw new IllegalStateException("a bare datagram could not be sent", e);
        }
    }

    private void receive() {
        var buffer = ByteBuffer.allocateDirect(Long.BYTES);
        try {
            while (true) {
                in.receive(buffer.clear());
                if (heard < ages.length) {
                    ages[heard++] = System.nanoTime() - buffer.flip().getLong();
                }
            }
        } catch (AsynchronousCloseException _) {
            // that is how it ends
        } catch (IOException e) {
            throw new IllegalStateException("a bare datagram could not be received", e);
        }
    }

    /** Milliseconds; to be asked when it is closed. */
    double percentile(double share) {
        var sorted = Arrays.copyOf(ages, heard);
        Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1L, Math.round(share * sorted.length))] / 1e6;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        ended = true;
        sender.join();
        out.close();
        in.close();
        receiver.join();
    }
}
