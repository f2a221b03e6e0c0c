package org.reservoir.gateways.rest;

import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.eclipse.jetty.io.Connection;

/**
 * Bounds the connections of each remote address, so that one client cannot take the places of all others (a bound over all
 * addresses would give an attacker just that).
 */
final class ConnectionGuard implements Connection.Listener {
    private final ConcurrentMap<String, Integer> open = new ConcurrentHashMap<>();
    private final int most;

    ConnectionGuard(int most) {
        this.most = most;
    }

    @Override
    public void onOpened(Connection connection) {
        if (open.merge(address(connection), 1, Integer::sum) > most) {
            connection.getEndPoint().close();
        }
    }

    @Override
    public void onClosed(Connection connection) {
        open.computeIfPresent(address(connection), (_, count) -> count == 1 ? null : count - 1);
    }

    private static String address(Connection connection) {
        return connection.getEndPoint().getRemoteSocketAddress() instanceof InetSocketAddress address ? address.getHostString() : "local";
    }
}
