package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Training for fast starts: what is asked must be answered as it was meant, or the cache knows only how errors are told. */
class WarmUpTest {
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @Test
    @Tag("long")
    void aSiteAnswersAllThatItIsTrainedWithAsItWasMeant() throws Exception {
        assertThat(new WarmUp().call()).isZero();
    }

    @Test
    void aQuestionThatIsRefusedEndsTheTrainingWithWhatWasAnswered() throws IOException {
        var server = answering("/api/placement/v1/policies");
        try {
            var questions = new Questions(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "token", 0);
            assertThatThrownBy(questions::ask).isInstanceOf(IllegalStateException.class).hasMessage("in training, PUT /api/placement/v1/policies was answered 400: it makes no sense");
            assertThat(asked.getLast()).as("nothing more is asked").isEqualTo("PUT /api/placement/v1/policies");
        } finally {
            server.stop(0);
        }
    }

    private HttpServer answering(String refused) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add("%s %s".formatted(exchange.getRequestMethod(), exchange.getRequestURI()));
            var bad = exchange.getRequestURI().getPath().equals(refused);
            var body = (bad ? "it makes no sense" : "{}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(bad ? 400 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }
}
