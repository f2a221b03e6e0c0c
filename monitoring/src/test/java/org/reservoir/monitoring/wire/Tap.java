package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A line between two ends that can be listened to and cut. */
public final class Tap implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final OutputStream recorded;
    private volatile InetSocketAddress end;

    public Tap(InetSocketAddress end, OutputStream recorded) throws IOException {
        this.end = end;
        this.recorded = recorded;
        Thread.ofVirtual().start(this::accept);
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    public void lead(InetSocketAddress other) {
        end = other;
    }

    public void cut() throws IOException {
        for (var socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var near = server.accept();
                var far = new Socket();
                sockets.add(near);
                sockets.add(far);
                try {
                    far.connect(end);
                } catch (IOException _) {
                    near.close();
                    continue;
                }
                Thread.ofVirtual().start(() -> copy(near, far, true));
                Thread.ofVirtual().start(() -> copy(far, near, false));
            } catch (IOException _) {
                Thread.onSpinWait();
            }
        }
    }

    private void copy(Socket from, Socket to, boolean record) {
        var bytes = new byte[8192];
        try (from; to) {
            while (true) {
                int read = from.getInputStream().read(bytes);
                if (read < 0) {
                    return;
                }
                if (record) {
                    synchronized (recorded) {
                        recorded.write(bytes, 0, read);
                    }
                }
                to.getOutputStream().write(bytes, 0, read);
            }
        } catch (IOException _) {
            // cut
        }
    }
}
