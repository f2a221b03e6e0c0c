package org.reservoir.emitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.sun.net.httpserver.HttpServer;

class KpisTest {
    @TempDir
    Path folder;

    @Test
    void overItsChannelAProgramSaysWhoItIsAndThenItsKpis() throws IOException {
        var channel = Files.createFile(folder.resolve("channel"));
        var seed = Files.writeString(folder.resolve("reservoir.env"), "VEE_NAME='web'\nVEE_ID='vee-7'\nVEE_SECRET='it'\\''s'\n");
        try (var kpis = Kpis.open(channel, seed)) {
            assertThat(kpis.ready()).isTrue();
            assertThat(kpis.tell("queue.length", 12)).isTrue();
        }
        assertThat(channel).hasContent("HELLO vee-7 it's\nREADY\nKPI queue.length 12.0\n");
    }

    @Test
    void whereNobodyListensTheProgramGoesOn() throws IOException {
        var seed = Files.writeString(folder.resolve("reservoir.env"), "VEE_ID='vee-7'\nVEE_SECRET='x'\n");
        try (var kpis = Kpis.open(folder.resolve("nothing"), seed)) {
            assertThat(kpis.tell("queue.length", 12)).isFalse();
            var channel = Files.createFile(folder.resolve("nothing"));
            assertThat(kpis.tell("queue.length", 13)).as("later there is something").isTrue();
            assertThat(channel).content().contains("HELLO vee-7 x", "KPI queue.length 13.0");
        }
        assertThatThrownBy(() -> Kpis.open(folder.resolve("nothing"), folder.resolve("no seed"))).isInstanceOf(IOException.class);
    }

    @Test
    void whatIsNoKpiIsADefectOfTheProgram() throws IOException {
        var seed = Files.writeString(folder.resolve("reservoir.env"), "VEE_ID='vee-7'\nVEE_SECRET='x'\n");
        try (var kpis = Kpis.open(folder.resolve("channel"), seed)) {
            assertThatThrownBy(() -> kpis.tell("queue length", 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> kpis.tell("a\nREADY", 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> kpis.tell("queue", Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void byHttpTheSecretIsTheToken() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            heard.add("%s %s %s".formatted(exchange.getRequestURI(), exchange.getRequestHeaders().getFirst("Authorization"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().endsWith("ready") ? 401 : 204, -1);
            exchange.close();
        });
        server.start();
        try (var kpis = Kpis.overHttp(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "vee-7", "secret")) {
            assertThat(kpis.tell("queue.length", 1.5)).isTrue();
            assertThat(heard.poll(1, TimeUnit.MINUTES)).isEqualTo("/api/monitoring/v1/guests/vee-7/kpis Bearer secret {\"queue.length\": 1.5}");
            assertThat(kpis.ready()).as("refused").isFalse();
        } finally {
            server.stop(0);
        }
    }
}
