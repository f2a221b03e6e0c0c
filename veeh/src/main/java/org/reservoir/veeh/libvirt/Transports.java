package org.reservoir.veeh.libvirt;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostFailure.Kind;

/**
 * The ways to a libvirtd that a URI can name (libvirt.org/uri): unix socket, TCP, TLS, ssh. TLS uses the JVM's key and trust stores
 * ({@code javax.net.ssl.*}); ssh runs the system's client and lets {@code nc} or {@code socat} on the host speak to the socket there.
 */
final class Transports {
    private static final int CONNECT = 5_000;
    private static final String SOCKET = "/run/libvirt/libvirt-sock";

    private Transports() {}

    /** What libvirtd itself is asked to open: the URI without the way to it. */
    static String local(URI uri) {
        var driver = uri.getScheme().split("\\+")[0];
        return driver + "://" + (uri.getPath() == null || uri.getPath().isEmpty() ? "/system" : uri.getPath());
    }

    static Wire.Transport open(URI uri) {
        var parts = uri.getScheme().split("\\+");
        var way = parts.length > 1 ? parts[1] : uri.getHost() == null ? "unix" : "tls";
        try {
            return switch (way) {
                case "unix" -> unix(query(uri).getOrDefault("socket", SOCKET));
                case "tcp" -> tcp(uri);
                case "tls" -> tls(uri);
                case "ssh" -> ssh(uri);
                default -> throw new HostFailure(Kind.REFUSED, "'%s' names no way to a host: use unix, tcp, tls or ssh.".formatted(uri));
            };
        } catch (IOException broken) {
            throw new HostFailure(Kind.UNREACHABLE, "%s cannot be reached: %s".formatted(uri, broken.getMessage()), broken);
        }
    }

    private static Map<String, String> query(URI uri) {
        return uri.getQuery() == null ? Map.of() : Arrays.stream(uri.getQuery().split("&")).map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2).collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (first, _) -> first));
    }

    private record Streams(InputStream in, OutputStream out, Closer closer) implements Wire.Transport {
        interface Closer {
            void close() throws IOException;
        }

        @Override
        public void close() throws IOException {
            closer.close();
        }
    }

    private static Wire.Transport unix(String path) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException refused) {
            channel.close();
            throw new IOException("%s: %s".formatted(path, refused.getMessage()), refused);
        }
        return new Streams(Channels.newInputStream(new OneWay.In(channel)), Channels.newOutputStream(new OneWay.Out(channel)), channel::close);
    }

    private static Wire.Transport tcp(URI uri) throws IOException {
        var socket = connected(uri, 16509);
        return new Streams(socket.getInputStream(), socket.getOutputStream(), socket::close);
    }

    private static Socket connected(URI uri, int port) throws IOException {
        var socket = new Socket();
        socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort() > 0 ? uri.getPort() : port), CONNECT);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** After the handshake libvirtd says with one byte whether it takes the client's certificate. */
    private static Wire.Transport tls(URI uri) throws IOException {
        var plain = connected(uri, 16514);
        var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var socket = (SSLSocket) factory.createSocket(plain, uri.getHost(), uri.getPort() > 0 ? uri.getPort() : 16514, true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(CONNECT);
        socket.startHandshake();
        if (socket.getInputStream().read() != 1) {
            socket.close();
            throw new IOException("the host does not take this site's certificate");
        }
        socket.setSoTimeout(0);
        return new Streams(socket.getInputStream(), socket.getOutputStream(), socket::close);
    }

    private static Wire.Transport ssh(URI uri) throws IOException {
        var command = new ArrayList<>(List.of("ssh", "-T", "-e", "none", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"));
        if (uri.getPort() > 0) {
            command.addAll(List.of("-p", String.valueOf(uri.getPort())));
        }
        var socket = query(uri).getOrDefault("socket", SOCKET);
        if (!socket.matches("[A-Za-z0-9._/-]+")) {
            throw new HostFailure(Kind.REFUSED, "'%s' is no path of a socket.".formatted(socket));
        }
        command.addAll(List.of("--", uri.getUserInfo() == null ? uri.getHost() : uri.getUserInfo() + "@" + uri.getHost(),
                "if command -v nc >/dev/null; then exec nc -U %1$s; else exec socat - UNIX-CONNECT:%1$s; fi".formatted(socket)));
        var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return new Streams(process.getInputStream(), process.getOutputStream(), process::destroy);
    }
}
