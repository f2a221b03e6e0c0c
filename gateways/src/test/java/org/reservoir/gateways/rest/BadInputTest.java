package org.reservoir.gateways.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.Refused;

/** Whatever is sent: one clear problem with a stable code, nothing half done, nothing of the inside told. */
class BadInputTest {
    private static final String VEES = "/api/veem/v1/vees";
    private final TestSite site = new TestSite();

    @AfterEach
    void nothingWasMade() {
        try (site) {
            var admin = site.access.authenticate(site.token, "test");
            assertThat(site.vmi.vees().vees(admin, Vees.Filter.LIVING, Page.Request.ALL).items()).hasSizeLessThanOrEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "BAD_JSON       | {\"name\":",
        "BAD_JSON       | not json",
        "BAD_VALUE      | {\"name\":\"a\",\"vcpus\":\"many\",\"memory\":\"64MiB\"}",
        "BAD_JSON       | {\"name\":\"a\",\"vcpus\":1,\"memory\":\"64MiB\"} {}",
        "BAD_JSON       | 7",
        "UNKNOWN_FIELD  | {\"name\":\"a\",\"vcpus\":1,\"memory\":\"64MiB\",\"colour\":\"red\"}",
        "MISSING_FIELD  | {\"name\":\"a\",\"vcpus\":1}",
        "MISSING_FIELD  | {\"vcpus\":1,\"memory\":\"64MiB\"}",
        "BAD_NAME       | {\"name\":\"a b\",\"vcpus\":1,\"memory\":\"64MiB\"}",
        "BAD_SIZE       | {\"name\":\"a\",\"vcpus\":1,\"memory\":\"lots\"}",
        "BAD_VEE        | {\"name\":\"a\",\"vcpus\":1,\"memory\":1}",
        "BAD_VEE        | {\"name\":\"a\",\"vcpus\":100000,\"memory\":\"64MiB\"}",
        "BAD_CPU        | {\"name\":\"a\",\"vcpus\":1,\"cpu\":\"-1\",\"memory\":\"64MiB\"}",
        "BAD_ID         | {\"name\":\"a\",\"vcpus\":1,\"memory\":\"64MiB\",\"disks\":[{\"image\":\"host-1\"}]}"})
    void aBodyThatMakesNoSenseIsRefused(String code, String body) {
        var reply = site.post(VEES, body);
        assertThat(reply.problem()).isEqualTo(code);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(reply.body()).doesNotContain("org.reservoir", "java.", "jackson", "Exception");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/veem/v1/vees?colour=red, 400, UNKNOWN_PARAMETER", "GET, /api/veem/v1/vees?limit=0, 400, BAD_PARAMETER",
        "GET, /api/veem/v1/vees?limit=many, 400, BAD_PARAMETER", "GET, /api/veem/v1/vees?limit=5&limit=6, 400, REPEATED_PARAMETER",
        "GET, /api/veem/v1/vees?state=tired, 400, BAD_STATE", "GET, /api/veem/v1/vees?terminated=perhaps, 400, BAD_PARAMETER",
        "GET, /api/veem/v1/vees/vee-99, 404, VEE_NOT_FOUND", "GET, /api/veem/v1/vees/nobody, 404, VEE_NOT_FOUND",
        "GET, /api/veem/v1/vees/host-1, 404, VEE_NOT_FOUND", "GET, /api/veem/v1/images/image-5, 404, IMAGE_NOT_FOUND",
        "DELETE, /api/veem/v1/networks/network-5, 404, NETWORK_NOT_FOUND", "GET, /api/veeh/v1/hosts/host-5, 404, HOST_NOT_FOUND",
        "GET, /api/sm/v1/services/shop, 404, SERVICE_NOT_FOUND", "GET, /api/access/v1/users/nobody, 404, USER_NOT_FOUND",
        "GET, /nothing, 404, NO_SUCH_PATH", "GET, /api/veem/v1/vees/, 404, NO_SUCH_PATH", "DELETE, /api/veem/v1/vees, 405, METHOD_NOT_ALLOWED",
        "GET, /api/veem/v1/vees/99999999999999999999, 404, VEE_NOT_FOUND", "GET, /api/veem/v1/vees/vee-0, 400, BAD_ID",
        "GET, /api/monitoring/v1/measurements?subject=moon-1, 400, BAD_SUBJECT"})
    void whatIsNotThereIsSaidToBeNotThere(String method, String path, int status, String code) {
        var reply = site.send(method, path, "");
        assertThat(reply.problem()).isEqualTo(code);
        assertThat(reply.status()).isEqualTo(status);
    }

    @Test
    void aWrongMethodSaysWhichAreRight() {
        assertThat(site.send("DELETE", VEES, "").header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
    }

    @Test
    void whatAnAddressTakesCanBeAsked() {
        var options = site.withToken("").send("OPTIONS", VEES, "");
        assertThat(options.status()).isEqualTo(204);
        assertThat(options.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
        assertThat(site.send("OPTIONS", "/nothing", "").problem()).isEqualTo("NO_SUCH_PATH");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"text/html | 406", "application/json;q=0 | 406", "image/*, text/plain | 406", "application/json | 200", "application/* | 200",
        "text/html, */*;q=0.1 | 200", "text/html, application/json; q=0.5 | 200"})
    void whoTakesNoJsonIsToldSo(String accept, int status) {
        assertThat(site.send("GET", VEES, "", "Accept", accept).status()).isEqualTo(status);
    }

    @Test
    void aHeadIsAnAnswerWithoutItsBody() {
        site.vee("web");
        var head = site.send("HEAD", VEES + "/web", "");
        assertThat(head.body()).isEmpty();
        assertThat(head.header("ETag")).isEqualTo(site.get(VEES + "/web").header("ETag"));
        assertThat(head.header("Content-Length")).isEqualTo(site.get(VEES + "/web").header("Content-Length"));
        assertThat(site.send("HEAD", "/api/events", "").status()).isEqualTo(200);
    }

    @Test
    void aNameIsTakenOnce() {
        site.vee("web");
        var again = site.post(VEES, "{\"name\":\"web\",\"vcpus\":1,\"memory\":\"64MiB\"}");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.problem()).isEqualTo("VEE_NAME_TAKEN");
    }

    @Test
    void aQuotaThatIsUsedUpIsNoReasonToTryAgain() {
        site.vmi.quota = 1;
        var all = site.post(VEES, "[{\"name\":\"a\",\"vcpus\":1,\"memory\":\"64MiB\"},{\"name\":\"b\",\"vcpus\":1,\"memory\":\"64MiB\"}]");
        assertThat(all.status()).isEqualTo(507);
        assertThat(all.problem()).isEqualTo("QUOTA_EXCEEDED");
        assertThat(all.header("Retry-After")).isEmpty();
    }

    @Test
    void whatAStateDoesNotAllowChangesNothing() {
        site.vee("web");
        var wrong = site.post(VEES + "/web/actions/resume", "");
        assertThat(wrong.status()).isEqualTo(409);
        assertThat(wrong.problem()).isEqualTo("WRONG_STATE");
        assertThat(site.get(VEES + "/web").json().get("state").asText()).isEqualTo("RUNNING");
    }

    @ParameterizedTest
    @CsvSource({"EXHAUSTED, POOL_FULL, 507", "EXHAUSTED, QUOTA_EXCEEDED, 507", "EXHAUSTED, TOO_MANY_ATTEMPTS, 429", "EXHAUSTED, TOO_FAST, 429", "INVALID, IMAGE_FORMAT_MISMATCH, 400",
        "UNAVAILABLE, HOST_UNREACHABLE, 503", "TOO_LARGE, IMAGE_TOO_LARGE, 413", "CONFLICT, IMAGE_IN_USE, 409", "FORBIDDEN, NOT_ALLOWED, 403"})
    void whatLayersRefuseHasTheStatusOfItsKind(Refused.Kind kind, String code, int status) {
        site.vmi.defect = Optional.of(new Refused(kind, code, "It cannot be.", "Do otherwise."));
        var reply = site.post(VEES, "{\"name\":\"a\",\"vcpus\":1,\"memory\":\"64MiB\"}");
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.problem()).isEqualTo(code);
        assertThat(reply.json().get("advice").asText()).isEqualTo("Do otherwise.");
    }

    @Test
    void anOversizeBodyIsRefusedAndNotRead() throws IOException {
        assertThat(site.post("/api/veem/v1/images", "{\"name\":\"" + "x".repeat(2 << 20) + "\"}").problem()).isEqualTo("BODY_TOO_LARGE");
        assertThat(raw("POST /api/veem/v1/images HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\nAuthorization: Bearer " + site.token + "\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
    }

    @Test
    void anOversizeHeadIsRefused() throws IOException {
        assertThat(raw("GET /health HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(20_000) + "\r\n\r\n")).startsWith("HTTP/1.1 431");
    }

    @Test
    void aBodyNestedWithoutEndIsRefused() {
        assertThat(site.post(VEES, "[".repeat(5_000)).problem()).isEqualTo("BAD_JSON");
        assertThat(site.post("/api/veem/v1/templates", "{\"name\":\"t\",\"spec\":" + "{\"a\":".repeat(2_000)).status()).isEqualTo(400);
    }

    @Test
    void aBodyOfAnotherKindIsRefused() {
        var reply = site.send("POST", VEES, "name: web", "Content-Type", "application/yaml");
        assertThat(reply.status()).isEqualTo(415);
        assertThat(reply.problem()).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
    }

    @Test
    void withoutATokenOrWithAWrongOneNothingIsAnswered() {
        assertThat(site.withToken("").get(VEES).problem()).isEqualTo("NO_TOKEN");
        var wrong = site.withToken("rsv_wrong").get(VEES);
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.problem()).isEqualTo("BAD_TOKEN");
        assertThat(wrong.header("WWW-Authenticate")).startsWith("Bearer");
    }

    @Test
    void whoTriesTokensOneAfterTheOtherHasToWait() {
        for (int i = 0; i < 20; i++) {
            site.withToken("rsv_wrong" + i).get(VEES);
        }
        var throttled = site.withToken("rsv_wrong").get(VEES);
        assertThat(throttled.status()).isEqualTo(429);
        assertThat(throttled.header("Retry-After")).isEqualTo("60");
        assertThat(site.withToken("").get("/health").status()).isEqualTo(200);
    }

    @Test
    void aDefectTellsAnIncidentAndNothingElse() {
        site.vmi.defect = Optional.of(new IllegalStateException("secret inside"));
        var reply = site.post(VEES, "{\"name\":\"web\",\"vcpus\":1,\"memory\":\"64MiB\"}");
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.json().get("instance").asText()).startsWith("urn:reservoir:incident:");
        assertThat(reply.body()).doesNotContain("secret inside", "IllegalState");
    }

    @Test
    void anUnreachableHostIsSomethingToTryAgain() {
        var reply = site.post("/api/veeh/v1/hosts", "{\"name\":\"h\",\"uri\":\"qemu+tcp://nowhere/system\"}");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.header("Retry-After")).isNotEmpty();
    }

    @Test
    void aSiteThatIsNotReadySaysSoButLives() {
        site.site.ready = false;
        assertThat(site.withToken("").get("/health").status()).isEqualTo(503);
        assertThat(site.withToken("").get("/health/live").status()).isEqualTo(200);
    }

    @Test
    void aGuestsSecretOpensItsOwnTwoDoorsAlone() {
        site.vee("web");
        var guest = site.withToken("secret-of-vee-1");
        assertThat(guest.post("/api/monitoring/v1/guests/vee-1/kpis", "{\"queue\":3}").status()).isEqualTo(204);
        assertThat(guest.post("/api/monitoring/v1/guests/vee-1/ready", "").status()).isEqualTo(204);
        assertThat(guest.post("/api/monitoring/v1/guests/vee-2/kpis", "{\"queue\":3}").problem()).isEqualTo("WRONG_SECRET");
        assertThat(guest.post("/api/monitoring/v1/guests/vee-1/kpis", "{\"queue\":\"three\"}").problem()).isEqualTo("BAD_KPI");
        assertThat(guest.get(VEES).status()).isEqualTo(401);
        assertThat(site.post("/api/monitoring/v1/guests/vee-1/kpis", "{\"queue\":3}").problem()).isEqualTo("WRONG_SECRET");
        assertThat(site.get("/api/monitoring/v1/measurements?subject=vee/web").json().at("/items/0/value").asDouble()).isEqualTo(3);
        assertThat(site.as("eve").get("/api/monitoring/v1/measurements?subject=vee-1").status()).isEqualTo(404);
        assertThat(site.as("mallory").get("/api/monitoring/v1/measurements").status()).isEqualTo(403);
    }

    @Test
    void plainHttpIsNotOfferedToOtherMachines() {
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(Refused.class, () -> new TestSite(RestOptions.on("0.0.0.0", 0))).code()).isEqualTo("PLAIN_HTTP");
    }

    @Test
    void nonsenseOnTheWireIsAnsweredOrHungUpOn() throws IOException {
        for (var nonsense : List.of("\r\n\r\n", "GET\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "GET /../../etc HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /api/veem/v1/vees HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
                "GET /api/veem/v1/vees/a%2Fb HTTP/1.1\r\nHost: x\r\n\r\n", "TRACE / HTTP/1.1\r\nHost: x\r\n\r\n")) {
            assertThat(raw(nonsense)).doesNotContain(" 200 ").doesNotContain(" 500 ");
        }
        assertThat(site.get("/health").status()).isEqualTo(200);
    }

    private String raw(String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", site.uri().getPort())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readNBytes(2_000), StandardCharsets.ISO_8859_1);
        }
    }
}
