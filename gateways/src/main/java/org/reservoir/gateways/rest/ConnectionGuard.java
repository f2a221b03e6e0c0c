package org.reservoir.gateways.rest;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;

/**
 * Bounds the connections of each remote address, so that one client cannot take the places of all others (a bound over all
 * addresses would give an attacker just that), and ends those that drip: the head of a request has to arrive within a time, however
 * often a byte of it comes.
 */
final class ConnectionGuard implements Connection.Listener, AutoCloseable {
    private final ConcurrentMap<String, Integer> open = new ConcurrentHashMap<>();
    /** With their address, which a closed connection cannot tell any more. */
    private final Map<Connection, String> counted = new ConcurrentHashMap<>();
    private final Map<Connection, Seen> seen = new ConcurrentHashMap<>();
    private final int most;
    private final long patience;
    private final Thread sweeper;

    /** When a connection last waited for a new request, and how much it had received by then. */
    private record Seen(long at, long bytes) {}

    ConnectionGuard(int most, Duration patience) {
        this.most = most;
        this.patience = patience.toNanos();
        sweeper = Thread.ofVirtual().name("connections").start(() -> sweep(patience.dividedBy(4)));
    }

    @Override
    public void onOpened(Connection connection) {
        if (isOuter(connection) && !counted(connection)) {
            connection.getEndPoint().close();
            return;
        }
        if (!(connection instanceof SslConnection)) {
            seen.put(connection, new Seen(System.nanoTime(), 0));
        }
    }

    @Override
    public void onClosed(Connection connection) {
        seen.remove(connection);
        Optional.ofNullable(counted.remove(connection)).ifPresent(this::forget);
    }

    /** Whether there is a place for it. One that has none may never be told to be closed, so its end must not be counted. */
    private boolean counted(Connection connection) {
        var address = address(connection);
        if (open.merge(address, 1, Integer::sum) > most) {
            forget(address);
            return false;
        }
        counted.put(connection, address);
        return true;
    }

    private void forget(String address) {
        open.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
    }

    /** Connections from outside are counted, not what is decrypted within one. */
    private static boolean isOuter(Connection connection) {
        return !(connection.getEndPoint() instanceof SslConnection.SslEndPoint);
    }

    private static String address(Connection connection) {
        return connection.getEndPoint().getRemoteSocketAddress() instanceof InetSocketAddress address ? address.getHostString() : "local";
    }

    private void sweep(Duration pace) {
        try {
            while (true) {
                Thread.sleep(pace);
                seen.forEach((connection, last) -> look(connection, last, System.nanoTime()));
            }
        } catch (InterruptedException _) {
            // the server stops
        }
    }

    private void look(Connection connection, Seen last, long now) {
        var first = connection.getMessagesIn() == 0;
        var answering = connection.getMessagesIn() > connection.getMessagesOut();
        var begun = connection.getBytesIn() > last.bytes();
        if (answering || !first && !begun) {
            seen.replace(connection, last, new Seen(now, connection.getBytesIn()));
        } else if (now - last.at() > patience) {
            connection.getEndPoint().close();
        }
    }

    @Override
    public void close() {
        sweeper.interrupt();
    }
}
