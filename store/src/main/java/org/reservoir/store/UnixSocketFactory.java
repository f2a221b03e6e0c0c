package org.reservoir.store;

import java.net.Socket;
import java.nio.file.Path;
import javax.net.SocketFactory;

/**
 * Lets the PostgreSQL driver talk over a unix socket, which the JDK offers to channels only. Public because the driver
 * makes it by name ({@code socketFactory=…&socketFactoryArg=path}); nothing else should.
 */
public final class UnixSocketFactory extends SocketFactory {
    private final Path path;

    public UnixSocketFactory(String path) {
        this.path = Path.of(path);
    }

    @Override
    public Socket createSocket() {
        return new UnixSocket(path);
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("the driver connects an empty socket");
    }

    @Override
    public Socket createSocket(String host, int port, java.net.InetAddress local, int localPort) {
        return createSocket(host, port);
    }

    @Override
    public Socket createSocket(java.net.InetAddress host, int port) {
        return createSocket(host.toString(), port);
    }

    @Override
    public Socket createSocket(java.net.InetAddress host, int port, java.net.InetAddress local, int localPort) {
        return createSocket(host.toString(), port);
    }
}
