package org.reservoir.veem.image.file;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A web server that answers as the test says, one answer after the other; the last one for ever. It keeps what it was asked. */
public final class FlakyServer implements AutoCloseable {
    /** @param cut after how many bytes of the body the connection breaks; @param stall whether it then stays open, silent, instead */
    public record Answer(int status, List<String> headers, byte[] body, int cut, boolean stall) {
        public static Answer of(int status, String... headers) {
            return new Answer(status, List.of(headers), new byte[0], -1, false);
        }

        public Answer with(byte[] other) {
            return new Answer(status, headers, other, cut, stall);
        }

        public Answer cutAt(int bytes) {
            return new Answer(status, headers, body, bytes, false);
        }

        public Answer stallAt(int bytes) {
            return new Answer(status, headers, body, bytes, true);
        }
    }

    private final ServerSocket server;
    private final Deque<Answer> answers = new ConcurrentLinkedDeque<>();
    private final List<List<String>> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);

    public FlakyServer(Answer... answers) {
        this.answers.addAll(List.of(answers));
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::serve);
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(server.getLocalPort(), path));
    }

    /** The header lines of each request. */
    public List<List<String>> asked() {
        return asked;
    }

    public List<String> ranges() {
        return asked.stream().map(lines -> lines.stream().filter(line -> line.startsWith("Range: ")).findFirst().orElse("none")).toList();
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                Thread.ofVirtual().start(() -> answer(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void answer(Socket socket) {
        try (socket) {
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            var lines = new ArrayList<String>();
            for (var line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                lines.add(line);
            }
            asked.add(lines);
            send(socket, answers.size() > 1 ? answers.poll() : answers.peek());
        } catch (IOException | InterruptedException _) {
            // the other side has gone
        }
    }

    private void send(Socket socket, Answer answer) throws IOException, InterruptedException {
        var head = "HTTP/1.1 %d x\r\nConnection: close\r\nContent-Length: %d\r\n%s\r\n".formatted(answer.status(), answer.body().length,
                String.join("", answer.headers().stream().map(header -> header + "\r\n").toList()));
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().write(answer.body(), 0, answer.cut() < 0 ? answer.body().length : answer.cut());
        socket.getOutputStream().flush();
        if (answer.stall()) {
            end.await();
        }
    }

    @Override
    public void close() {
        end.countDown();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
