package org.reservoir.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One HTTP/1.1 request over one connection (RFC 9112), which is all that a command needs: the JDK's client costs more processor time to load than
 * the rest of a command together. No redirects, no cookies, no proxies.
 */
final class Http {
    private static final int CONNECT_MS = 10_000;
    private static final long CHUNKED = -1;

    private Http() {}

    /** @param body closes the connection when it is closed */
    record Reply(int status, Map<String, String> headers, InputStream body) {
        String text() throws IOException {
            try (body) {
                return new String(body.readAllBytes(), StandardCharsets.UTF_8);
            }
        }

        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    /** @param authorities PEM file of those who vouch for a server over TLS; the system's when empty */
    record Target(URI uri, Optional<String> authorities) {}

    /** A body that is sent as it is read. */
    record Content(InputStream bytes, long length) {}

    static Reply send(Target target, String method, Map<String, String> headers, Content body, Duration patience) throws IOException {
        var socket = connected(target, patience);
        try {
            var out = socket.getOutputStream();
            out.write(head(target.uri(), method, headers, body.length()).getBytes(StandardCharsets.ISO_8859_1));
            body.bytes().transferTo(out);
            out.flush();
            return reply(socket, new BufferedInputStream(socket.getInputStream()));
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** A request whose body and answer go on at the same time. Ends when it is closed. */
    record Conversation(Socket socket, Reply reply, OutputStream in) implements AutoCloseable {
        InputStream out() {
            return reply.body();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** @param silence after which reading what comes back fails; zero for never */
    static Conversation converse(Target target, Map<String, String> headers, Duration patience, Duration silence) throws IOException {
        var socket = connected(target, patience);
        try {
            var out = socket.getOutputStream();
            out.write(head(target.uri(), "POST", headers, CHUNKED).getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            var reply = reply(socket, new BufferedInputStream(socket.getInputStream()));
            socket.setSoTimeout((int) silence.toMillis());
            return new Conversation(socket, reply, new ChunkWriter(out));
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket connected(Target target, Duration patience) throws IOException {
        var uri = target.uri();
        var secure = "https".equals(uri.getScheme());
        var port = uri.getPort() > 0 ? uri.getPort() : secure ? 443 : 80;
        var socket = new Socket();
        socket.connect(new InetSocketAddress(uri.getHost(), port), CONNECT_MS);
        socket.setSoTimeout((int) patience.toMillis());
        socket.setTcpNoDelay(true);
        return secure ? Tls.over(socket, uri.getHost(), port, target.authorities()) : socket;
    }

    private static String head(URI uri, String method, Map<String, String> headers, long length) {
        var path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        var head = new StringBuilder(method).append(' ').append(path);
        if (uri.getRawQuery() != null) {
            head.append('?').append(uri.getRawQuery());
        }
        head.append(" HTTP/1.1\r\nHost: ").append(uri.getRawAuthority()).append("\r\nConnection: close\r\n")
                .append(length == CHUNKED ? "Transfer-Encoding: chunked" : "Content-Length: " + length).append("\r\n");
        headers.forEach((name, value) -> head.append(name).append(": ").append(value.replaceAll("[\r\n]", " ")).append("\r\n"));
        return head.append("\r\n").toString();
    }

    private static Reply reply(Socket socket, InputStream in) throws IOException {
        var reply = read(in);
        return new Reply(reply.status(), reply.headers(), new Closing(socket, reply.body()));
    }

    /** One answer, its body yet to be read. */
    static Reply read(InputStream in) throws IOException {
        var status = line(in).split(" ", 3);
        if (status.length < 2 || !status[0].startsWith("HTTP/1.")) {
            throw new IOException("this is no HTTP server");
        }
        var headers = new HashMap<String, String>();
        for (var line = line(in); !line.isEmpty(); line = line(in)) {
            var colon = line.indexOf(':');
            headers.put(line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        return new Reply(Integer.parseInt(status[1]), headers, body(in, headers));
    }

    private static InputStream body(InputStream in, Map<String, String> headers) {
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            return new Chunks(in);
        }
        var length = headers.get("content-length");
        return length == null ? in : new Bounded(in, Long.parseLong(length));
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.size() > 16 << 10) {
                throw new EOFException("the server ended the connection in the middle of an answer");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    /** Reads so many bytes and no more. */
    private static final class Bounded extends FilterInputStream {
        private long left;

        Bounded(InputStream in, long left) {
            super(in);
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            if (left == 0) {
                return -1;
            }
            var read = in.read(bytes, offset, (int) Math.min(left, count));
            if (read < 0) {
                throw new EOFException("the server ended the connection in the middle of an answer");
            }
            left -= read;
            return read;
        }
    }

    /** Reads a chunked body (RFC 9112 §7.1). */
    private static final class Chunks extends FilterInputStream {
        private long left;
        private boolean first = true;
        private boolean ended;

        Chunks(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            if (left == 0 && !ended) {
                begin();
            }
            if (ended) {
                return -1;
            }
            var read = in.read(bytes, offset, (int) Math.min(left, count));
            if (read < 0) {
                throw new EOFException("the server ended the connection in the middle of an answer");
            }
            left -= read;
            return read;
        }

        private void begin() throws IOException {
            if (!first) {
                line(in);
            }
            first = false;
            left = Long.parseLong(line(in).split(";")[0].strip(), 16);
            ended = left == 0;
        }
    }

    private static final class Closing extends FilterInputStream {
        private final Socket socket;

        Closing(Socket socket, InputStream in) {
            super(in);
            this.socket = socket;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
