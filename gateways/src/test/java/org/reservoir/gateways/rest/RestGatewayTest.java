package org.reservoir.gateways.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reservoir.kernel.VeeId;

class RestGatewayTest {
    private final TestSite site = new TestSite();

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void aVeeIsMadeShownListedAndEnded() {
        var made = site.post("/api/veem/v1/vees", "{\"name\":\"web\",\"vcpus\":1,\"memory\":\"64MiB\"}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.header("Location")).isEqualTo("/api/veem/v1/vees/vee-1");
        assertThat(made.json().get("state").asText()).isEqualTo("RUNNING");
        assertThat(site.get("/api/veem/v1/vees/vee-1").json()).isEqualTo(site.get("/api/veem/v1/vees/web").json());
        assertThat(site.get("/api/veem/v1/vees").json().at("/items/0/memory").asLong()).isEqualTo(64L << 20);
        assertThat(site.delete("/api/veem/v1/vees/web?hard=true").json().get("state").asText()).isEqualTo("TERMINATED");
        assertThat(site.get("/api/veem/v1/vees").json().get("items")).isEmpty();
        assertThat(site.get("/api/veem/v1/vees?terminated=true").json().get("items")).hasSize(1);
    }

    @Test
    void manyVeesAreMadeAllOrNone() {
        var twice = "[{\"name\":\"a\",\"vcpus\":1,\"memory\":\"64MiB\"},{\"name\":\"a\",\"vcpus\":1,\"memory\":\"64MiB\"}]";
        assertThat(site.post("/api/veem/v1/vees", twice).problem()).isEqualTo("VEE_NAME_TAKEN");
        assertThat(site.post("/api/veem/v1/vees", twice.replaceFirst("\"a\"", "\"b\"")).json()).hasSize(2);
    }

    @Test
    void actionsSayTheirNameInThePathAndTheirFieldsInTheBody() {
        site.vee("web");
        assertThat(site.post("/api/veem/v1/vees/web/actions/suspend", "").status()).isEqualTo(202);
        var wrong = site.post("/api/veem/v1/vees/web/actions/suspend", "{}");
        assertThat(wrong.status()).isEqualTo(409);
        assertThat(wrong.problem()).isEqualTo("WRONG_STATE");
        assertThat(site.post("/api/veem/v1/vees/web/actions/rename", "{\"name\":\"shop\"}").json().get("name").asText()).isEqualTo("shop");
        assertThat(site.post("/api/veem/v1/vees/shop/actions/fly", "{}").status()).isEqualTo(404);
    }

    @Test
    void anActionForManyTellsWhatBecameOfEach() {
        site.vee("a");
        site.vee("b");
        site.post("/api/veem/v1/vees/a/actions/suspend", "");
        var outcomes = site.post("/api/veem/v1/vees/actions/suspend", "{\"vees\":[\"a\",\"b\",\"vee-99\"]}").json();
        assertThat(outcomes.at("/0/problem/code").asText()).isEqualTo("WRONG_STATE");
        assertThat(outcomes.at("/1/now/state").asText()).isEqualTo("SUSPENDED");
        assertThat(outcomes.at("/2/problem/status").asInt()).isEqualTo(404);
        assertThat(site.post("/api/veem/v1/vees/actions/terminate", "{}").problem()).isEqualTo("NOTHING_CHOSEN");
        assertThat(site.post("/api/veem/v1/vees/actions/terminate", "{\"states\":[\"SUSPENDED\"]}").json()).hasSize(2);
    }

    @Test
    void manyAreChosenByServiceAndTagsOrAllOfThem() {
        site.post("/api/veem/v1/vees", "[%s,%s,%s]".formatted(tagged("a", "service", "service-7"), tagged("b", "tier", "web"), tagged("c", "tier", "db")));
        assertThat(site.post("/api/veem/v1/vees/actions/suspend", "{\"service\":\"service-7\"}").json().at("/0/now/name").asText()).isEqualTo("a");
        assertThat(site.post("/api/veem/v1/vees/actions/suspend", "{\"tags\":[\"tier=web\",\"tier=db\"]}").json()).isEmpty();
        assertThat(site.post("/api/veem/v1/vees/actions/suspend", "{\"all\":true,\"tags\":[\"tier=web\"]}").json().at("/0/now/name").asText()).isEqualTo("b");
        assertThat(site.post("/api/veem/v1/vees/actions/resume", "{\"all\":true}").json()).hasSize(3);
        assertThat(site.post("/api/veem/v1/vees/actions/resume", "{\"all\":true,\"vees\":[\"a\"]}").problem()).isEqualTo("NOTHING_CHOSEN");
        assertThat(site.get("/api/veem/v1/vees?service=service-7&tag=service=service-7").json().get("items")).hasSize(1);
    }

    private static String tagged(String name, String key, String value) {
        return "{\"name\":\"%s\",\"vcpus\":1,\"memory\":\"64MiB\",\"tags\":{\"%s\":\"%s\"}}".formatted(name, key, value);
    }

    @Test
    void longListsComeInPagesThatLinkToTheNext() {
        for (int i = 0; i < 5; i++) {
            site.vee("v" + i);
        }
        var first = site.get("/api/veem/v1/vees?limit=2");
        assertThat(first.json().get("items")).hasSize(2);
        assertThat(first.header("Link")).isEqualTo("</api/veem/v1/vees?limit=2&after=vee-2>; rel=\"next\"");
        assertThat(site.get("/api/veem/v1/vees?limit=2&after=vee-4").json().has("next")).isFalse();
    }

    @Test
    void aListLargerThanOneBufferIsStillOneDocument() {
        for (int i = 0; i < 500; i++) {
            site.vee("v" + i);
        }
        var all = site.get("/api/veem/v1/vees?limit=1000&view=full");
        assertThat(all.json().get("items")).hasSize(500);
        assertThat(all.header("ETag")).isEmpty();
    }

    @Test
    void whatIsUnchangedIsNotSentAgain() {
        site.vee("web");
        var etag = site.get("/api/veem/v1/vees/web").header("ETag");
        assertThat(site.send("GET", "/api/veem/v1/vees/web", "", "If-None-Match", etag).status()).isEqualTo(304);
        site.post("/api/veem/v1/vees/web/actions/suspend", "");
        assertThat(site.send("GET", "/api/veem/v1/vees/web", "", "If-None-Match", etag).status()).isEqualTo(200);
    }

    @Test
    void aChangeIsMadeOnlyToWhatItsSenderHasSeen() {
        site.vee("web");
        var etag = site.get("/api/veem/v1/vees/web").header("ETag");
        assertThat(etag).startsWith("\"");
        assertThat(site.send("PATCH", "/api/veem/v1/vees/web", "{\"tags\":{\"a\":\"b\"}}", "If-Match", "\"0\"").status()).isEqualTo(412);
        assertThat(site.send("PATCH", "/api/veem/v1/vees/web", "{\"tags\":{\"a\":\"b\"}}", "If-Match", "\"0\", " + etag).status()).isEqualTo(200);
        var late = site.send("POST", "/api/veem/v1/vees/web/actions/suspend", "", "If-Match", etag);
        assertThat(late.problem()).isEqualTo("PRECONDITION_FAILED");
        assertThat(site.get("/api/veem/v1/vees/web").json().get("state").asText()).isEqualTo("RUNNING");
        assertThat(site.send("PUT", "/api/access/v1/users/me/quota", "{\"vees\":5}", "If-Match", site.get("/api/access/v1/users/me/quota").header("ETag")).status()).isEqualTo(200);
        assertThat(site.send("PUT", "/api/access/v1/users/me/quota", "{\"vees\":6}", "If-Match", etag).status()).isEqualTo(412);
        assertThat(site.send("DELETE", "/api/veem/v1/vees/web", "", "If-Match", "*").status()).isEqualTo(202);
        assertThat(site.send("DELETE", "/api/veem/v1/vees/nobody", "", "If-Match", "*").status()).isEqualTo(404);
    }

    @Test
    void aRepeatedCreateWithTheSameKeyMakesOneVee() {
        var body = "{\"name\":\"web\",\"vcpus\":1,\"memory\":\"64MiB\"}";
        var first = site.send("POST", "/api/veem/v1/vees", body, "Idempotency-Key", "k1");
        assertThat(site.send("POST", "/api/veem/v1/vees", body, "Idempotency-Key", "k1").body()).isEqualTo(first.body());
        assertThat(site.send("POST", "/api/veem/v1/vees", body.replace("web", "db"), "Idempotency-Key", "k1").problem()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(site.get("/api/veem/v1/vees").json().get("items")).hasSize(1);
        assertThat(site.send("POST", "/api/veem/v1/vees", body, "Idempotency-Key", "a b").problem()).isEqualTo("BAD_IDEMPOTENCY_KEY");
    }

    @Test
    void whatWasRefusedMayBeTriedAgainWithTheSameKey() {
        site.vee("web");
        var body = "{\"name\":\"web\",\"vcpus\":1,\"memory\":\"64MiB\"}";
        assertThat(site.send("POST", "/api/veem/v1/vees", body, "Idempotency-Key", "k2").problem()).isEqualTo("VEE_NAME_TAKEN");
        site.post("/api/veem/v1/vees/web/actions/rename", "{\"name\":\"shop\"}");
        assertThat(site.send("POST", "/api/veem/v1/vees", body, "Idempotency-Key", "k2").status()).isEqualTo(201);
    }

    @Test
    void aSecretIsToldOnceAndKeptNowhere() {
        var first = site.send("POST", "/api/access/v1/users/me/tokens", "{\"name\":\"t\"}", "Idempotency-Key", "k3");
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.header("Cache-Control")).isEqualTo("no-store");
        assertThat(site.send("POST", "/api/access/v1/users/me/tokens", "{\"name\":\"t\"}", "Idempotency-Key", "k3").problem()).isEqualTo("REQUEST_DONE");
    }

    @Test
    void anImageArrivesInPieces() {
        site.post("/api/veem/v1/images", "{\"name\":\"disk\",\"kind\":\"DISK\"}");
        site.send("PUT", "/api/veem/v1/images/disk/content", "first ", "Content-Range", "bytes 0-5/12");
        var wrong = site.send("PUT", "/api/veem/v1/images/disk/content", "again ", "Content-Range", "bytes 0-5/12");
        assertThat(wrong.problem()).isEqualTo("WRONG_OFFSET");
        var done = site.send("PUT", "/api/veem/v1/images/disk/content", "second", "Content-Range", "bytes 6-11/12");
        assertThat(done.json().get("state").asText()).isEqualTo("READY");
        assertThat(site.vmi.contentOf(new org.reservoir.kernel.ImageId(1))).asString().isEqualTo("first second");
    }

    @Test
    void anotherUserSeesNothingOfMine() {
        site.vee("web");
        var other = site.as("eve");
        assertThat(other.get("/api/veem/v1/vees").json().get("items")).isEmpty();
        assertThat(other.get("/api/veem/v1/vees/vee-1").status()).isEqualTo(404);
        assertThat(other.post("/api/veem/v1/vees/vee-1/actions/terminate", "").status()).isEqualTo(404);
        assertThat(other.get("/api/veeh/v1/hosts").status()).isEqualTo(403);
        assertThat(site.vmi.saidReady(new VeeId(1))).isFalse();
    }

    @Test
    void aConsoleGoesBothWaysAtOnceAndIsGivenBackWhenItsClientLeaves() throws java.io.IOException, InterruptedException {
        site.vee("web");
        try (var socket = new java.net.Socket("127.0.0.1", site.uri().getPort())) {
            socket.setSoTimeout(20_000);
            var lines = new java.io.BufferedReader(new java.io.InputStreamReader(socket.getInputStream(), java.nio.charset.StandardCharsets.US_ASCII));
            say(socket, "POST /api/veem/v1/vees/web/console HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n".formatted(site.token));
            assertThat(lines.readLine()).isEqualTo("HTTP/1.1 200 OK");
            while (!lines.readLine().isEmpty()) {
                assertThat(site.vmi.openConsoles()).isEqualTo(1);
            }
            for (var word : java.util.List.of("login", "whoami")) {
                say(socket, "%x\r\n%s\n\r\n".formatted(word.length() + 1, word));
                assertThat(lines.readLine()).isEqualTo(word);
            }
        }
        for (int i = 0; i < 1_000 && site.vmi.openConsoles() > 0; i++) {
            Thread.sleep(20);
        }
        assertThat(site.vmi.openConsoles()).isZero();
        assertThat(site.as("eve").post("/api/veem/v1/vees/vee-1/console", "").status()).isEqualTo(404);
    }

    private static void say(java.net.Socket socket, String text) throws java.io.IOException {
        socket.getOutputStream().write(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    @Test
    void metricsCountRequestsByRoute() {
        site.get("/api/veem/v1/vees");
        assertThat(site.get("/metrics").body()).contains("reservoir_http_request_seconds_count{method=\"GET\",route=\"vee.list\",status=\"200\"} 1");
        assertThat(site.get("/metrics").body()).contains("# TYPE reservoir_vees gauge\nreservoir_vees{state=\"RUNNING\"} 3.0\nreservoir_vees{state=\"HELD\"} 1.0\n",
                "reservoir_work_waiting 7.0", "reservoir_ready 1", "jvm_memory_heap_used_bytes", "process_cpu_seconds_total");
        site.site.ready = false;
        assertThat(site.get("/metrics").body()).contains("reservoir_ready 0", "jvm_memory_heap_used_bytes").doesNotContain("reservoir_vees");
        assertThat(site.as("eve").get("/metrics").status()).isEqualTo(403);
    }
}
