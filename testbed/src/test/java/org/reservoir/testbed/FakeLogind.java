package org.reservoir.testbed;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A system bus in a test host, with a log-in manager that says that the host can be suspended: libvirt asks there, and nowhere else. As much of the D-Bus protocol (its
 * specification 0.43) as that takes; whatever else is asked is answered by an error.
 */
final class FakeLogind implements AutoCloseable {
    private static final String LOGIN = "org.freedesktop.login1";
    private static final int CALL = 1;
    private static final int RETURN = 2;
    private static final int ERROR = 3;
    private static final int NO_REPLY = 1;
    private static final int MOST = 1 << 20;

    private final ServerSocketChannel server;

    private FakeLogind(ServerSocketChannel server) {
        this.server = server;
    }

    static FakeLogind in(TestHost host) {
        try {
            var socket = host.directory().resolve("run/dbus/system_bus_socket");
            Files.createDirectories(socket.getParent());
            Files.deleteIfExists(socket);
            var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address(socket));
            var bus = new FakeLogind(server);
            Thread.ofVirtual().name("fake-logind").start(bus::accept);
            return bus;
        } catch (IOException trouble) {
            throw new IllegalStateException("no bus for " + host.name(), trouble);
        }
    }

    private static UnixDomainSocketAddress address(Path socket) {
        return UnixDomainSocketAddress.of(socket);
    }

    private void accept() {
        try {
            while (true) {
                var client = server.accept();
                Thread.ofVirtual().name("fake-logind-client").start(() -> serve(client));
            }
        } catch (IOException _) {
            // closed
        }
    }

    private static void serve(SocketChannel channel) {
        try (channel) {
            var in = Channels.newInputStream(channel);
            var out = Channels.newOutputStream(channel);
            authenticate(in, out);
            for (int serial = 1;; serial++) {
                answer(Message.read(in), serial, out);
            }
        } catch (IOException _) {
            // the client has gone
        }
    }

    private static void authenticate(InputStream in, OutputStream out) throws IOException {
        for (var line = line(in); !line.equals("BEGIN"); line = line(in)) {
            var known = line.equals("AUTH EXTERNAL") ? "DATA" : line.startsWith("AUTH EXTERNAL ") || line.startsWith("DATA") ? "OK 0123456789abcdef0123456789abcdef"
                    : line.startsWith("AUTH") ? "REJECTED EXTERNAL" : "ERROR";
            out.write((known + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Without the zero with which a client begins. */
    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.length() > 1000) {
                throw new EOFException();
            }
            if (next != 0 && next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private record Message(int type, int flags, int serial, String member) {
        static Message read(InputStream in) throws IOException {
            var head = take(in, 16);
            int body = head.getInt(4);
            int fields = head.getInt(12);
            if (head.get(0) != 'l' || body < 0 || fields < 0 || body > MOST || fields > MOST) {
                throw new EOFException();
            }
            var header = take(in, (fields + 7) / 8 * 8);
            take(in, body);
            return new Message(head.get(1), head.get(2), head.getInt(8), member(header, fields));
        }

        private static ByteBuffer take(InputStream in, int count) throws IOException {
            var bytes = in.readNBytes(count);
            if (bytes.length < count) {
                throw new EOFException();
            }
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        /** Fields are pairs of a code and a value that names its type. */
        private static String member(ByteBuffer header, int end) {
            while (header.position() < end) {
                header.position((header.position() + 7) / 8 * 8);
                int code = header.get();
                header.get();
                char type = (char) header.get();
                header.get();
                if (type == 'g') {
                    text(header, header.get() & 255);
                } else {
                    header.position((header.position() + 3) / 4 * 4);
                    int value = header.getInt();
                    if (type != 'u') {
                        var text = text(header, value);
                        if (code == 3) {
                            return text;
                        }
                    }
                }
            }
            return "";
        }

        private static String text(ByteBuffer from, int length) {
            var text = new byte[length];
            from.get(text).get();
            return new String(text, StandardCharsets.UTF_8);
        }
    }

    private static void answer(Message message, int serial, OutputStream out) throws IOException {
        if (message.type != CALL || (message.flags & NO_REPLY) != 0) {
            return;
        }
        var reply = switch (message.member) {
            case "Hello" -> reply(RETURN, serial, message.serial, "s", text(":1.1"));
            case "AddMatch", "RemoveMatch" -> reply(RETURN, serial, message.serial, "", new byte[0]);
            case "ListNames", "ListActivatableNames" -> reply(RETURN, serial, message.serial, "as", texts(List.of("org.freedesktop.DBus", LOGIN)));
            case "CanSuspend" -> reply(RETURN, serial, message.serial, "s", text("yes"));
            case "CanHibernate", "CanHybridSleep" -> reply(RETURN, serial, message.serial, "s", text("no"));
            default -> reply(ERROR, serial, message.serial, "s", text("not here: " + message.member));
        };
        out.write(reply);
    }

    // ---- writing

    private static ByteBuffer buffer() {
        return ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] written(ByteBuffer buffer) {
        return java.util.Arrays.copyOf(buffer.array(), buffer.position());
    }

    private static void put(ByteBuffer buffer, String text) {
        align(buffer, 4);
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        buffer.putInt(bytes.length).put(bytes).put((byte) 0);
    }

    private static void align(ByteBuffer buffer, int to) {
        while (buffer.position() % to != 0) {
            buffer.put((byte) 0);
        }
    }

    private static byte[] text(String text) {
        var buffer = buffer();
        put(buffer, text);
        return written(buffer);
    }

    private static byte[] texts(List<String> texts) {
        var buffer = buffer().putInt(0);
        texts.forEach(text -> put(buffer, text));
        return written(buffer.putInt(0, buffer.position() - 4));
    }

    private static byte[] reply(int type, int serial, int to, String signature, byte[] body) {
        var message = buffer().put((byte) 'l').put((byte) type).put((byte) NO_REPLY).put((byte) 1).putInt(body.length).putInt(serial).putInt(0);
        field(message, 5, 'u').putInt(to);
        if (type == ERROR) {
            put(field(message, 4, 's'), "org.freedesktop.DBus.Error.UnknownMethod");
        }
        put(field(message, 6, 's'), ":1.1");
        put(field(message, 7, 's'), "org.freedesktop.DBus");
        if (!signature.isEmpty()) {
            field(message, 8, 'g').put((byte) signature.length()).put(signature.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
        }
        message.putInt(12, message.position() - 16);
        align(message, 8);
        return written(message.put(body));
    }

    private static ByteBuffer field(ByteBuffer message, int code, char type) {
        align(message, 8);
        message.put((byte) code).put((byte) 1).put((byte) type).put((byte) 0);
        return message;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException trouble) {
            throw new IllegalStateException(trouble);
        }
    }
}
