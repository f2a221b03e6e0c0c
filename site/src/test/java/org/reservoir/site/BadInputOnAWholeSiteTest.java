package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.interfaces.Wire;
import org.reservoir.placement.Policy;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.libvirt.LibvirtHosts;
import org.reservoir.veeh.simulated.SimulatedHosts;

/** What a whole site, with nothing in it but its rooms as they are, answers to bad input: one clear error, and nothing is half done. */
class BadInputOnAWholeSiteTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path data;
    private static Site site;

    private record Reply(int status, JsonNode body) {
        String code() {
            return body.path("code").asText();
        }
    }

    @BeforeAll
    static void open() throws IOException {
        var imports = Files.createDirectories(data.resolve("import"));
        site = Site.open(new Settings("bad", data, TestDatabase.settings("db/store"), RestOptions.LOCAL, List.of(imports), Policy.STRIPING, false, "test"),
                List.of(new SimulatedHosts(), new LibvirtHosts("bad")), InstantSource.system());
    }

    @AfterAll
    static void close() {
        HTTP.close();
        site.close();
    }

    @AfterEach
    void nothingIsLeftAndTheSiteAnswers() {
        assertThat(get("/api/sm/v1/services").body().path("items")).isEmpty();
        assertThat(get("/api/veem/v1/vees").body().path("items")).isEmpty();
        assertThat(get("/health").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no XML", "<Envelope", "<Envelope/>", "<?xml version=\"1.0\"?><!DOCTYPE e [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Envelope>&x;</Envelope>",
            "<Envelope xmlns=\"http://schemas.dmtf.org/ovf/envelope/1\"><References/></Envelope>", "<html xmlns=\"http://www.w3.org/1999/xhtml\"/>"})
    void aManifestThatIsNoneIsRefusedWithFindings(String manifest) {
        var reply = post("/api/sm/v1/services", "{\"name\":\"shop\",\"manifest\":\"%s\"}".formatted(base64(manifest)));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).isNotEmpty();
        assertThat(reply.body().path("detail").asText()).isNotEmpty().doesNotContain("root:", "Exception", "org.reservoir", "javax.");
    }

    @Test
    void aManifestWhoseImageIsNotThereIsRefused() throws IOException {
        var manifest = Files.readString(Path.of("../examples/two-tier.ovf"));
        assertThat(post("/api/sm/v1/services", "{\"name\":\"shop\",\"manifest\":\"%s\"}".formatted(base64(manifest))).code()).isEqualTo("IMAGE_MISSING");
    }

    @Test
    void aPoolThatIsFullIsSaidToBeFull() {
        made("/api/veem/v1/networks", "{\"name\":\"small\",\"reach\":\"isolated\",\"ranges\":[{\"cidr\":\"10.9.0.0/30\"}]}");
        var wants = "{\"name\":\"n%d\",\"vcpus\":1,\"memory\":\"64MiB\",\"hold\":true,\"nics\":[{\"network\":\"network-1\"}]}";
        var all = post("/api/veem/v1/vees", "[%s,%s,%s,%s]".formatted(wants.formatted(1), wants.formatted(2), wants.formatted(3), wants.formatted(4)));
        assertThat(all.code()).isEqualTo("POOL_FULL");
        assertThat(all.status()).isEqualTo(507);
        assertThat(get("/api/veem/v1/networks/small/leases").body().path("items")).isEmpty();
        assertThat(send("DELETE", "/api/veem/v1/networks/small", "").status()).isEqualTo(204);
    }

    @Test
    void aQuotaHoldsForAllOfARequest() {
        assertThat(send("PUT", "/api/access/v1/users/me/quota", "{\"vees\":1}").status()).isEqualTo(200);
        var wants = "{\"name\":\"q%d\",\"vcpus\":1,\"memory\":\"64MiB\",\"hold\":true}";
        var both = post("/api/veem/v1/vees", "[%s,%s]".formatted(wants.formatted(1), wants.formatted(2)));
        assertThat(both.code()).isEqualTo("QUOTA_EXCEEDED");
        assertThat(both.status()).isEqualTo(507);
        send("PUT", "/api/access/v1/users/me/quota", "{}");
    }

    @Test
    void aNameIsTakenOnce() {
        made("/api/veem/v1/vees", "{\"name\":\"one\",\"vcpus\":1,\"memory\":\"64MiB\",\"hold\":true}");
        var second = post("/api/veem/v1/vees", "{\"name\":\"one\",\"vcpus\":1,\"memory\":\"64MiB\",\"hold\":true}");
        assertThat(second.code()).isEqualTo("VEE_NAME_TAKEN");
        assertThat(second.status()).isEqualTo(409);
        assertThat(post("/api/veem/v1/vees/one/actions/suspend", "").code()).isEqualTo("WRONG_STATE");
        send("DELETE", "/api/veem/v1/vees/one", "");
        until(() -> get("/api/veem/v1/vees").body().path("items").isEmpty());
    }

    /** A qcow2 whose backing file is a file of the site. */
    @Test
    void aHostileImageIsRefusedAndNotKept() throws IOException {
        var header = new byte[4096];
        var words = java.nio.ByteBuffer.wrap(header);
        words.put("QFI\u00fb".getBytes(StandardCharsets.ISO_8859_1)).putInt(3).putLong(512).putInt(11).putInt(16).putLong(1 << 20);
        words.position(512).put("/etc/passwd".getBytes(StandardCharsets.US_ASCII));
        Files.write(data.resolve("import/evil.qcow2"), header);
        made("/api/veem/v1/images", "{\"name\":\"evil\",\"kind\":\"DISK\",\"source\":\"%s\"}".formatted(data.resolve("import/evil.qcow2").toUri()));
        until(() -> get("/api/veem/v1/images/evil").body().path("state").asText().equals("FAILED"));
        assertThat(get("/api/veem/v1/images/evil").body().path("problem").asText()).contains("backing");
        assertThat(post("/api/veem/v1/vees", "{\"name\":\"v\",\"vcpus\":1,\"memory\":\"64MiB\",\"disks\":[{\"image\":\"image-1\"}]}").status()).isEqualTo(409);
        assertThat(send("DELETE", "/api/veem/v1/images/evil", "").status()).isBetween(200, 204);
    }

    @Test
    void aHostThatCannotBeReachedIsNotTaken() {
        assertThat(post("/api/veeh/v1/hosts", "{\"name\":\"odd\",\"uri\":\"gopher://h\"}").status()).isEqualTo(400);
        var reply = post("/api/veeh/v1/hosts", "{\"name\":\"far\",\"uri\":\"qemu+tcp://127.0.0.1:1/system\"}");
        assertThat(reply.code()).isEqualTo("HOST_UNREACHABLE");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(post("/api/veeh/v1/hosts", "{\"name\":\"far\",\"uri\":\"qemu+pigeon://127.0.0.1/system\"}").code()).isEqualTo("HOST_NOT_USABLE");
        assertThat(post("/api/veeh/v1/hosts", "{\"name\":\"far\",\"uri\":\"qemu+ssh://root:secret@127.0.0.1/system\"}").code()).isEqualTo("BAD_HOST_URI");
        assertThat(get("/api/veeh/v1/hosts").body().path("items")).isEmpty();
    }

    @Test
    void aWrongTokenOpensNothing() throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(site.uri() + "/api/veem/v1/vees")).header("Authorization", "Bearer rsv_wrong").build();
        assertThat(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(401);
    }

    // ---- words

    private static Reply get(String path) {
        return send("GET", path, "");
    }

    private static Reply post(String path, String body) {
        return send("POST", path, body);
    }

    private static void made(String path, String body) {
        var reply = post(path, body);
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(201);
    }

    private static Reply send(String method, String path, String body) {
        try {
            var request = HttpRequest.newBuilder(URI.create(site.uri() + path)).method(method, HttpRequest.BodyPublishers.ofString(body))
                    .header("Authorization", "Bearer " + Site.adminToken(data).orElseThrow()).header("Content-Type", "application/json").build();
            var answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            return new Reply(answer.statusCode(), answer.body().isEmpty() ? Wire.json().nullNode() : Wire.read(answer.body(), JsonNode.class));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void until(BooleanSupplier condition) {
        var end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }
}
