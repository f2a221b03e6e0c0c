package org.reservoir.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the commonest commands against a site that always gives the same answer, so that the JDK's AOT cache, which is made of such a run, holds what
 * they load. Nothing of it is left behind.
 */
final class Training {
    static final String COMMAND = "__train";
    private static final String MANY = "POST /api/veem/v1/vees ";
    private static final String ANSWER = """
            {"items":[{"id":"vee-1","name":"web","state":"RUNNING","vcpus":1,"cpu":0.5,"memory":1073741824,"ready":true,"addresses":["10.0.0.2"],"created":"2026-01-01T00:00:00.5Z"}],
             "id":"vee-1","name":"web","state":"RUNNING","ready":true,"spec":{"vcpus":1,"cpu":1,"memory":1073741824,"tags":{"a":"b"}},"disks":[{"number":0,"size":1024}],"problem":"é"}""";
    private static final List<String> LINES = List.of("vee list", "vee show web", "vee list -o json", "vee list -o yaml", "vee suspend web --wait", "image list", "host list", "network list",
            "service list", "vee create web --memory 1GiB --disk image-1 --nic network-1 --tag a=b --wait", "vee create --help", "vee", "--help", "fly", "__complete vee show w");

    private Training() {}

    /** @return the exit code of each line, in their order */
    static Map<String, Integer> run() throws IOException {
        try (var server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> serve(server));
            var environment = Map.of("RESERVOIR_URL", "http://127.0.0.1:" + server.getLocalPort(), "RESERVOIR_TOKEN", "none", "XDG_CONFIG_HOME", "/nonexistent");
            var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
            var terminal = new Terminal(nowhere, nowhere, InputStream.nullInputStream(), false, environment, Path.of("/nonexistent"), InstantSource.system(), _ -> false);
            var codes = new LinkedHashMap<String, Integer>();
            LINES.forEach(line -> codes.put(line, new Reservoir(terminal).run(List.of(line.split(" ")))));
            return codes;
        }
    }

    private static void serve(ServerSocket server) {
        try {
            while (true) {
                try (var socket = server.accept()) {
                    var request = new byte[64 << 10];
                    var many = new String(request, 0, Math.max(0, socket.getInputStream().read(request)), StandardCharsets.US_ASCII).startsWith(MANY);
                    var body = (many ? "[%s]".formatted(ANSWER) : ANSWER).getBytes(StandardCharsets.UTF_8);
                    socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n".formatted(body.length).getBytes(StandardCharsets.US_ASCII));
                    socket.getOutputStream().write(body);
                }
            }
        } catch (IOException _) {
            // the training is over
        }
    }
}
