package org.reservoir.libvirtrpc;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The other end of a connection, which says what a test wants: opens like a libvirtd, then answers every call by its script. */
final class Peer implements AutoCloseable {
    /** A call as it came: length, program, version, procedure, type, serial, status, payload. */
    record Heard(int program, int procedure, int type, int serial, byte[] payload) {}

    interface Script {
        void answer(Heard call, OutputStream out) throws IOException;
    }

    private final ServerSocket server;
    private final Script script;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    final List<Heard> heard = new CopyOnWriteArrayList<>();

    Peer(Script script) {
        this.script = script;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
        Thread.ofVirtual().start(this::accept);
    }

    String uri() {
        return "test+tcp://127.0.0.1:%d/default".formatted(server.getLocalPort());
    }

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException _) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new DataInputStream(socket.getInputStream());
            while (true) {
                var call = hear(in);
                if (call.program() == Packet.REMOTE && call.type() == Packet.CALL && opening(call.procedure())) {
                    socket.getOutputStream().write(reply(call, 0, call.procedure() == 66 ? new byte[4] : new byte[] {0, 0, 0, 1}));
                } else {
                    heard.add(call);
                    script.answer(call, socket.getOutputStream());
                }
            }
        } catch (IOException _) {
            // the connection has ended
        }
    }

    private static boolean opening(int procedure) {
        return procedure == 66 || procedure == 1 || procedure == 60;
    }

    private static Heard hear(DataInputStream in) throws IOException {
        int length = in.readInt();
        int program = in.readInt();
        in.readInt();
        int procedure = in.readInt();
        int type = in.readInt();
        int serial = in.readInt();
        in.readInt();
        return new Heard(program, procedure, type, serial, in.readNBytes(length - 28));
    }

    static byte[] reply(Heard call, int status, byte[] payload) {
        return packet(28 + payload.length, call.program(), 1, call.procedure(), Packet.REPLY, call.serial(), status, payload);
    }

    /** Whatever is asked for, right or wrong. */
    static byte[] packet(int length, int program, int version, int procedure, int type, int serial, int status, byte[] payload) {
        return ByteBuffer.allocate(28 + payload.length).putInt(length).putInt(program).putInt(version).putInt(procedure).putInt(type).putInt(serial)
                .putInt(status).put(payload).array();
    }

    static byte[] written(Consumer<XdrWriter> what) {
        var out = new XdrWriter();
        what.accept(out);
        return out.bytes();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (var socket : new ArrayList<>(sockets)) {
                socket.close();
            }
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
