package org.reservoir.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Between the command and a site: passes all on, one request for each connection, and keeps what was answered. */
final class Tap implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    private final List<Heard> heard = new CopyOnWriteArrayList<>();
    private final List<Thread> passing = new CopyOnWriteArrayList<>();
    private final URI site;

    /** One request and its answer. */
    record Heard(String method, String target, int status, String mediaType, String body) {}

    Tap(URI site) throws IOException {
        this.site = site;
        Thread.ofVirtual().start(this::serve);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** All that was answered so far. */
    List<Heard> heard() throws InterruptedException {
        for (var each : passing) {
            each.join();
        }
        return List.copyOf(heard);
    }

    private void serve() {
        try {
            while (true) {
                var client = server.accept();
                passing.add(Thread.ofVirtual().start(() -> pass(client)));
            }
        } catch (IOException _) {
            // closed
        }
    }

    private void pass(Socket client) {
        var asked = new ByteArrayOutputStream();
        var answered = new ByteArrayOutputStream();
        try (client; var there = new Socket(site.getHost(), site.getPort())) {
            Thread.ofVirtual().start(() -> {
                copy(client, there, asked);
                end(there); // the command has heard enough
            });
            copy(there, client, answered);
        } catch (IOException _) {
            // the client is gone: nothing to pass on
        }
        keep(asked.toString(StandardCharsets.ISO_8859_1).split(" ", 3), new ByteArrayInputStream(answered.toByteArray()));
    }

    private static void copy(Socket from, Socket to, OutputStream kept) {
        try {
            var bytes = new byte[8192];
            for (int count = from.getInputStream().read(bytes); count >= 0; count = from.getInputStream().read(bytes)) {
                kept.write(bytes, 0, count);
                to.getOutputStream().write(bytes, 0, count);
            }
        } catch (IOException _) {
            // one side ended the conversation
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // ended already
        }
    }

    private void keep(String[] request, InputStream answer) {
        try {
            var reply = Http.read(answer);
            heard.add(new Heard(request[0], request[1], reply.status(), reply.header("Content-Type"), reply.text()));
        } catch (IOException _) {
            // cut off in the middle, as streams are
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
