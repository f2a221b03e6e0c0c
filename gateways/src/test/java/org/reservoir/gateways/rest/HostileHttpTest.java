package org.reservoir.gateways.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers may do to the server's sockets: it answers them once, or hangs up, and goes on serving the others. */
class HostileHttpTest {
    private static final String VEE = "{\"name\":\"smuggled\",\"vcpus\":1,\"memory\":\"64MiB\"}";
    private final TestSite site = new TestSite(new RestOptions("127.0.0.1", 0, Optional.empty(), false, false, 20, 200, Duration.ofMillis(600)));

    @AfterEach
    void othersAreStillServed() {
        try (site) {
            assertThat(site.get("/health").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5", "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 6", "Content-Length: +5", "Content-Length: -5", "Content-Length: 5x", "Content-Length : 5", "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity", "Transfer-Encoding:\u000bchunked", "Content-Length: 0\r\n Transfer-Encoding: chunked",
        "Content-Length: 5\nTransfer-Encoding: chunked"})
    void aSecondRequestCannotBeSmuggledBehindTheFirst(String framing) throws IOException {
        var smuggled = "POST /api/veem/v1/vees HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s".formatted(site.token, VEE.length(), VEE);
        var answer = answer("POST /api/veem/v1/vees/vee-1/actions/suspend HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n\r\n0\r\n\r\n%s"
                .formatted(site.token, framing, smuggled));
        assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json").containsOnlyOnce("HTTP/1.1 ");
        assertThat(site.get("/api/veem/v1/vees").json().get("items")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /health HTTP/1.1\r\n\r\n", "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET /health HTTP/3.0\r\nHost: x\r\n\r\n", "GET /health\r\n\r\n",
        "GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n", "GET /health HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n", "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /api/veem/v1/../../../metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000"})
    void whatIsNoProperRequestIsRefusedOnce(String request) throws IOException {
        var answer = answer(request);
        if (!answer.isEmpty()) {
            assertThat(answer).containsPattern("^HTTP/1.1 (4\\d\\d|505) ").doesNotContain("Jetty", "org.eclipse", "Exception");
            assertThat(answer).containsOnlyOnce("HTTP/1.1 ");
        }
    }

    @Test
    void refusalsOfTheServerItselfAreProblemDocumentsToo() throws IOException {
        assertThat(answer("GET /health HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(20_000) + "\r\n\r\n")).contains("application/problem+json", "HEAD_TOO_LARGE");
        assertThat(answer("GET /" + "y".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n")).containsPattern("URI_TOO_LONG|HEAD_TOO_LARGE");
        assertThat(answer("GET\r\n\r\n")).contains("BAD_HTTP");
    }

    @Test
    void whoDripsTheHeadOfARequestIsLetGo() throws IOException {
        try (var first = open(); var second = open()) {
            second.getOutputStream().write("HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(head(second)).startsWith("HTTP/1.1 200");
            assertThat(drip(first, "GET /health HTTP/1.1\r\nHost: x\r\nX: ")).isTrue();
            assertThat(drip(second, "GET /health HTTP/1.1\r\nHost: x\r\nX: ")).isTrue();
        }
    }

    @Test
    void whoDripsTheBodyOfARequestIsToldSo() throws IOException {
        try (var socket = open()) {
            socket.getOutputStream().write("POST /api/veem/v1/vees HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 100000\r\n\r\n"
                    .formatted(site.token).getBytes(StandardCharsets.US_ASCII));
            drip(socket, " ");
            assertThat(socket.getInputStream().readNBytes(11)).asString(StandardCharsets.US_ASCII).isEqualTo("TTP/1.1 408");
        }
    }

    @Test
    void whoIsAnsweredBeforeItsBodyCameIsToldThatTheConnectionEnds() throws IOException {
        var request = "POST /api/veem/v1/nothing HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n";
        try (var late = open(); var whole = open()) {
            late.getOutputStream().write(request.formatted(site.token, 100).getBytes(StandardCharsets.US_ASCII));
            assertThat(head(late)).startsWith("HTTP/1.1 404").contains("Connection: close");
            whole.getOutputStream().write((request.formatted(site.token, 2) + "{}").getBytes(StandardCharsets.US_ASCII));
            assertThat(head(whole)).startsWith("HTTP/1.1 404").doesNotContain("Connection: close");
        }
    }

    @Test
    void whoStillSendsWhatIsRefusedIsHeardOutAndDoesNotLoseTheAnswer() throws IOException {
        try (var socket = open()) {
            socket.getOutputStream().write("POST /api/veem/v1/images HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 9000000\r\n\r\n"
                    .formatted(site.token).getBytes(StandardCharsets.US_ASCII));
            assertThat(head(socket)).startsWith("HTTP/1.1 413").contains("Connection: close");
            for (int i = 0; i < 9; i++) {
                socket.getOutputStream().write(new byte[1_000_000]);
            }
            assertThat(rest(socket.getInputStream())).contains("BODY_TOO_LARGE");
        }
    }

    @Test
    void oneAddressCannotTakeAllPlaces() throws IOException, InterruptedException {
        var sockets = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 60; i++) {
                sockets.add(open());
            }
            var closed = 0;
            for (var socket : sockets.subList(40, 60)) {
                closed += rest(socket.getInputStream()).isEmpty() ? 1 : 0;
            }
            assertThat(closed).isEqualTo(20);
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
        assertThat(eventuallyServed()).isTrue();
    }

    @Test
    void aClientThatGoesAwayInTheMiddleHarmsNobody() throws IOException {
        for (int i = 0; i < 10; i++) {
            try (var socket = open()) {
                socket.getOutputStream().write("POST /api/veem/v1/vees HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 100\r\n\r\n{\"na"
                        .formatted(site.token).getBytes(StandardCharsets.US_ASCII));
            }
        }
        assertThat(site.get("/api/veem/v1/vees").json().get("items")).isEmpty();
    }

    private static String head(Socket socket) throws IOException {
        var head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) socket.getInputStream().read());
        }
        return head.toString();
    }

    private Socket open() throws IOException {
        var socket = new Socket("127.0.0.1", site.uri().getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private String answer(String request) throws IOException {
        try (var socket = open()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return rest(socket.getInputStream());
        }
    }

    private static String rest(InputStream in) throws IOException {
        try {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException _) {
            return "";
        }
    }

    /** Sends a byte at a time, until the server has ended the connection or answered. */
    private static boolean drip(Socket socket, String begin) throws IOException {
        try {
            socket.getOutputStream().write(begin.getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(50);
            for (int i = 0; i < 400; i++) {
                socket.getOutputStream().write('x');
                if (saysSomething(socket)) {
                    return true;
                }
            }
            return false;
        } catch (SocketException _) {
            return true;
        } finally {
            socket.setSoTimeout(20_000);
        }
    }

    /** Waits a moment for it. */
    private static boolean saysSomething(Socket socket) throws IOException {
        try {
            socket.getInputStream().read();
            return true;
        } catch (java.net.SocketTimeoutException _) {
            return false;
        }
    }

    private boolean eventuallyServed() throws InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            try (var socket = open()) {
                socket.getOutputStream().write("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                if (rest(socket.getInputStream()).startsWith("HTTP/1.1 200")) {
                    return true;
                }
            } catch (IOException _) {
                // not yet
            }
            Thread.sleep(20);
        }
        return false;
    }
}
