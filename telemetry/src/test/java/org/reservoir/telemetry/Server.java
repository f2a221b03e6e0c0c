package org.reservoir.telemetry;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of the system that tests speak with, started for one test and ended with it. */
public final class Server implements AutoCloseable {
    private final List<String> command;
    private final Path directory;
    private final int port;
    private Process process;

    /** @param port where it will listen */
    public Server(List<String> command, Path directory, int port) throws IOException {
        this.command = List.copyOf(command);
        this.directory = directory;
        this.port = port;
        start();
    }

    /** Where a program is. It must be there: bin/test installs what tests need. */
    public static String program(String name) {
        return Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin", "/sbin")).map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable).findFirst().orElseThrow(() -> new IllegalStateException("the program %s is missing: bin/test installs it".formatted(name))).toString();
    }

    public static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public void start() throws IOException {
        process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log-" + port).toFile())).start();
        for (int i = 0; i < 3000; i++) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException _) {
                if (!process.isAlive()) {
                    break;
                }
                java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
            }
        }
        kill();
        throw new IOException("%s does not listen on %d: %s".formatted(command.getFirst(), port, Files.readString(directory.resolve("log-" + port))));
    }

    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
