package org.reservoir.gateways.rest;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import com.fasterxml.jackson.databind.JsonNode;

import org.reservoir.access.Access;
import org.reservoir.access.DirectoryInMemory;
import org.reservoir.access.FirstAdministrator;
import org.reservoir.access.Repeats;
import org.reservoir.access.RepeatsInMemory;
import org.reservoir.access.UserRequest;
import org.reservoir.gateways.FakeSite;
import org.reservoir.gateways.FakeVmi;
import org.reservoir.gateways.Ports;
import org.reservoir.interfaces.Wire;

/** A real gateway on a free port before a site in memory, and a client that is its administrator. */
public final class TestSite implements AutoCloseable {
    public final FakeVmi vmi = new FakeVmi();
    public final FakeSite site = new FakeSite(vmi);
    private final DirectoryInMemory directory = new DirectoryInMemory();
    public final Access access = new Access(directory, InstantSource.fixed(FakeVmi.NOW));
    final Repeats repeats = new RepeatsInMemory(InstantSource.system());
    public final String token = firstToken();
    private final RestGateway gateway;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Client administrator = new Client(token);

    private String firstToken() {
        var told = new AtomicReference<String>();
        new FirstAdministrator(directory, InstantSource.fixed(FakeVmi.NOW)).make(told::set);
        return told.get();
    }

    public TestSite() {
        this(RestOptions.LOCAL);
    }

    public TestSite(RestOptions options) {
        gateway = new RestGateway(options, site.behind(Ports.of(access, vmi, repeats)), new Metrics()).start();
    }

    public URI uri() {
        return gateway.uri();
    }

    Reply get(String path) {
        return administrator.get(path);
    }

    Reply post(String path, String body) {
        return administrator.post(path, body);
    }

    Reply delete(String path) {
        return send("DELETE", path, "");
    }

    Reply send(String method, String path, String body, String... headers) {
        return administrator.send(method, path, body, headers);
    }

    /** Knows what it says of its own answers. */
    public SchemaJudge judge() {
        return new SchemaJudge(get("/openapi.json").json());
    }

    void vee(String name) {
        post("/api/veem/v1/vees", "{\"name\":\"%s\",\"vcpus\":1,\"memory\":\"64MiB\",\"tags\":{\"tier\":\"web\"}}".formatted(name));
    }

    /** A client with the token of a new, ordinary user. */
    Client as(String user) {
        return new Client(tokenOf(user));
    }

    public String tokenOf(String user) {
        var admin = access.authenticate(token, "test");
        var id = access.createUser(admin, UserRequest.named(user)).id();
        return access.createToken(admin, id, "test", Optional.empty()).secret();
    }

    Client withToken(String secret) {
        return new Client(secret);
    }

    @Override
    public void close() {
        http.close();
        gateway.close();
    }

    record Reply(int status, String body, java.net.http.HttpHeaders headers) {
        JsonNode json() {
            return Wire.read(body, JsonNode.class);
        }

        /** The code of the problem. */
        String problem() {
            return json().get("code").asText();
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    final class Client {
        private final String secret;

        Client(String secret) {
            this.secret = secret;
        }

        Reply get(String path) {
            return send("GET", path, "");
        }

        Reply post(String path, String body) {
            return send("POST", path, body);
        }

        Reply send(String method, String path, String body, String... headers) {
            var request = HttpRequest.newBuilder(gateway.uri().resolve(path)).timeout(Duration.ofSeconds(20))
                    .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
            if (!secret.isEmpty()) {
                request.header("Authorization", "Bearer " + secret);
            }
            if (headers.length > 0) {
                request.headers(headers);
            }
            try {
                var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
                return new Reply(response.statusCode(), response.body(), response.headers());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            }
        }
    }
}
