package org.reservoir.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A unix socket in the shape of a {@link Socket}, as far as the PostgreSQL driver uses one. Reads park a virtual thread.
 * A read time-out is kept in two ways: one so short that it only asks "is there something?" looks once without waiting; a longer one
 * is watched once a second and ends the connection, which is what the driver does after a time-out anyway.
 */
final class UnixSocket extends Socket {
    private static final int PEEK_MILLIS = 50;

    private final Path path;
    private SocketChannel channel;
    private InputStream input;
    private Future<?> watch;
    private volatile int timeoutMillis;
    private volatile long readingSince;

    UnixSocket(Path path) {
        this.path = path;
    }

    @Override
    public void connect(SocketAddress ignored, int timeout) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        input = new TimedInput(Channels.newInputStream(channel));
        watch = ForkJoinPool.commonPool().scheduleWithFixedDelay(this::endStalledRead, 1, 1, TimeUnit.SECONDS);
    }

    private void endStalledRead() {
        long since = readingSince;
        int limit = timeoutMillis;
        if (since != 0 && limit > PEEK_MILLIS && System.nanoTime() - since > limit * 1_000_000L) {
            close();
        }
    }

    @Override
    public InputStream getInputStream() {
        return input;
    }

    @Override
    public OutputStream getOutputStream() {
        return Channels.newOutputStream(channel);
    }

    @Override
    public void setSoTimeout(int millis) {
        timeoutMillis = millis;
    }

    @Override
    public int getSoTimeout() {
        return timeoutMillis;
    }

    @Override
    public boolean isConnected() {
        return channel != null;
    }

    @Override
    public boolean isClosed() {
        return channel != null && !channel.isOpen();
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.cancel(false);
        }
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException alreadyBroken) {
                // a socket that cannot be closed is gone: nobody could do anything else with it
            }
        }
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return UnixDomainSocketAddress.of(path);
    }

    // These belong to TCP alone; the driver sets them on every socket.
    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public void setReceiveBufferSize(int size) {}

    @Override
    public void setSendBufferSize(int size) {}

    @Override
    public int getReceiveBufferSize() {
        return 8192;
    }

    @Override
    public int getSendBufferSize() {
        return 8192;
    }

    private final class TimedInput extends InputStream {
        private final InputStream blocking;

        TimedInput(InputStream blocking) {
            this.blocking = blocking;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (timeoutMillis > 0 && timeoutMillis <= PEEK_MILLIS) {
                return look(into, offset, length);
            }
            readingSince = System.nanoTime() | 1;
            try {
                return blocking.read(into, offset, length);
            } finally {
                readingSince = 0;
            }
        }

        private int look(byte[] into, int offset, int length) throws IOException {
            channel.configureBlocking(false);
            try {
                int count = channel.read(ByteBuffer.wrap(into, offset, length));
                if (count == 0) {
                    throw new SocketTimeoutException("nothing to read");
                }
                return count;
            } finally {
                channel.configureBlocking(true);
            }
        }
    }
}
