package org.reservoir.libvirtrpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

import javax.net.ssl.SSLHandshakeException;

/** Opens the way that an {@link Address} names. */
final class Transports {
    private static final int TCP_PORT = 16509;

    private Transports() {}

    static Transport open(Address address, ConnectOptions options) {
        try {
            return switch (address.way()) {
                case UNIX -> unix(address);
                case TCP -> of(connected(address, TCP_PORT, options.connectWithin()));
                case TLS -> TlsTransport.open(address, options.connectWithin());
                case SSH -> SshTransport.open(address, options);
            };
        } catch (NoSuchFileException absent) {
            throw new LibvirtFailure.Unreachable("%s cannot be reached: there is no file %s".formatted(address.uri(), absent.getMessage()), absent);
        } catch (SSLHandshakeException unwelcome) {
            throw new LibvirtFailure.Denied("%s cannot be opened: %s".formatted(address.uri(), unwelcome.getMessage()), unwelcome);
        } catch (IOException broken) {
            throw new LibvirtFailure.Unreachable("%s cannot be reached: %s".formatted(address.uri(), broken.getMessage()), broken);
        }
    }

    @FunctionalInterface
    interface Closer {
        void close() throws IOException;
    }

    record Streams(InputStream in, OutputStream out, Closer closer) implements Transport {
        @Override
        public void close() throws IOException {
            closer.close();
        }
    }

    private static Transport unix(Address address) throws IOException {
        var path = address.sockets().stream().filter(each -> Files.exists(Path.of(each))).findFirst().orElse(address.sockets().getFirst());
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            // not blocking: a connect to a daemon that no longer accepts would wait for ever
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(path));
            channel.configureBlocking(true);
        } catch (IOException refused) {
            channel.close();
            throw new IOException("%s: %s".formatted(path, refused.getMessage()), refused);
        }
        return new Streams(Channels.newInputStream(new OneWay.In(channel)), Channels.newOutputStream(new OneWay.Out(channel)), channel::close);
    }

    static Socket connected(Address address, int port, Duration patience) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(address.host(), address.port(port)), (int) patience.toMillis());
            socket.setTcpNoDelay(true);
            return socket;
        } catch (UnknownHostException unknown) {
            socket.close();
            throw new IOException("nobody knows a host of the name " + address.host(), unknown);
        } catch (IOException refused) {
            socket.close();
            throw new IOException("%s:%d: %s".formatted(address.host(), address.port(port), refused.getMessage()), refused);
        }
    }

    private static Transport of(Socket socket) throws IOException {
        return new Streams(socket.getInputStream(), socket.getOutputStream(), socket::close);
    }
}
