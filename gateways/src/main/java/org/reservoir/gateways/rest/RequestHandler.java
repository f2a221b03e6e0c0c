package org.reservoir.gateways.rest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.reservoir.access.Access;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.kernel.Refused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From the wire to a route and back: finds the route, asks who is calling, runs it on this (virtual) thread, and writes its answer or its
 * problem. It decides nothing about VEEs.
 */
final class RequestHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);

    private final Router router;
    private final Access access;
    private final Metrics metrics;
    private final Duration patience;
    private final Idempotency idempotency;
    private final Precondition precondition;

    RequestHandler(Router router, Access access, Idempotency idempotency, Metrics metrics, Duration patience) {
        this.idempotency = idempotency;
        this.patience = patience;
        this.router = router;
        precondition = new Precondition(router);
        this.access = access;
        this.metrics = metrics;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var begin = System.nanoTime();
        var reply = new Reply(request, response, callback);
        var route = "none";
        try {
            if (request.getMethod().equals("OPTIONS")) {
                reply.options(router.allowed(path(request)));
                return true;
            }
            var match = router.match(request.getMethod(), path(request));
            route = match.route().id();
            Accept.require(request.getHeaders().get(HttpHeader.ACCEPT), match.route());
            var exchange = new Exchange(request, match, caller(request, match.route()), patience);
            precondition.require(exchange);
            reply.send(match.route(), exchange, idempotency.answer(exchange, match.route().handler()));
        } catch (Refused refused) {
            refuse(reply, refused, request);
        } catch (EofException | ClientGone gone) {
            callback.failed(gone);
        } catch (Exception | StackOverflowError defect) {
            fail(reply, defect, request);
        }
        metrics.answered(route, request.getMethod(), response.getStatus(), System.nanoTime() - begin);
        return true;
    }

    private static String path(Request request) {
        return Optional.ofNullable(request.getHttpURI().getPath()).orElse("/");
    }

    private Optional<Caller> caller(Request request, Route route) {
        if (route.who() != Route.Who.CALLER) {
            return Optional.empty();
        }
        var secret = Exchange.bearer(request).orElseThrow(() -> new Refused(Refused.Kind.UNAUTHENTICATED, "NO_TOKEN", "The request has no token.",
                "Send 'Authorization: Bearer TOKEN' (reservoir login, or RESERVOIR_TOKEN)."));
        return Optional.of(access.authenticate(secret, Request.getRemoteAddr(request)));
    }

    private void refuse(Reply reply, Refused refused, Request request) {
        var problem = Problem.of(refused, path(request));
        reply.send(problem, switch (problem.status()) {
            case 401 -> Map.of("WWW-Authenticate", "Bearer realm=\"reservoir\"");
            case 405 -> Map.of("Allow", router.allowed(path(request)));
            case 408, 413 -> Map.of("Connection", "close");
            case 429 -> Map.of("Retry-After", "60");
            case 503 -> Map.of("Retry-After", "5");
            default -> Map.of();
        });
    }

    private void fail(Reply reply, Throwable defect, Request request) {
        var incident = Long.toHexString(ThreadLocalRandom.current().nextLong());
        LOG.error("incident {}: {} {}", incident, request.getMethod(), path(request), defect);
        reply.send(Problem.defect(incident), Map.of());
    }

    /** The client, or what it was connected to, went away in the middle: nothing more can be told. */
    static final class ClientGone extends RuntimeException {
        ClientGone(IOException cause) {
            super(cause);
        }
    }

    /** Writes one answer. */
    private record Reply(Request request, Response response, Callback callback) {

        void send(Route route, Exchange exchange, Answer answer) throws IOException {
            switch (answer) {
                case Answer.Empty(var status) -> sendBytes(status, "", new byte[0]);
                case Answer.Bytes(var type, var content) -> sendBytes(route.status(), type, content);
                case Answer.Json(var status, var value, var headers) -> {
                    headers.forEach((name, text) -> response.getHeaders().put(name, text));
                    sendJson(status == 0 ? route.status() : status, route, exchange, value);
                }
                case Answer.Stream(var type, var body, var enter) -> sendStream(type, body, enter);
            }
        }

        private void sendJson(int status, Route route, Exchange exchange, Object value) throws IOException {
            response.setStatus(status);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
            var out = new Spill(response);
            Json.write(out, value);
            if (out.spilled()) {
                out.close();
                callback.succeeded();
                return;
            }
            var bytes = out.buffered();
            if (status == 200 && route.method().equals("GET") && isSame(exchange, bytes)) {
                sendBytes(304, "", new byte[0]);
                return;
            }
            write(bytes);
        }

        private boolean isSame(Exchange exchange, ByteBuffer bytes) {
            var etag = Etag.of(bytes.duplicate());
            response.getHeaders().put(HttpHeader.ETAG, etag);
            return exchange.matches(etag);
        }

        private void sendBytes(int status, String type, byte[] content) {
            response.setStatus(status);
            if (!type.isEmpty()) {
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
            }
            write(ByteBuffer.wrap(content));
        }

        private void write(ByteBuffer bytes) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.remaining());
            var content = request.getMethod().equals("HEAD") ? ByteBuffer.allocate(0) : bytes;
            if (Lingering.isWhole(request)) {
                response.write(true, content, callback);
            } else {
                writeLingering(content);
            }
        }

        private void writeLingering(ByteBuffer content) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
            try {
                Content.Sink.write(response, true, content);
                Lingering.read(request);
                callback.succeeded();
            } catch (IOException gone) {
                callback.failed(gone);
            }
        }

        void options(String allowed) {
            response.getHeaders().put(HttpHeader.ALLOW, allowed);
            sendBytes(204, "", new byte[0]);
        }

        private void sendStream(String type, Answer.Body body, Runnable enter) throws IOException {
            if (request.getMethod().equals("HEAD")) {
                sendBytes(200, type, new byte[0]);
                return;
            }
            enter.run();
            response.setStatus(200);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
            try (var out = Content.Sink.asOutputStream(response)) {
                body.writeTo(out);
            }
            callback.succeeded();
        }

        void send(Problem problem, Map<String, String> headers) {
            if (response.isCommitted()) {
                callback.failed(new IOException(problem.detail()));
                return;
            }
            response.reset();
            headers.forEach((name, text) -> response.getHeaders().put(name, text));
            sendBytes(problem.status(), Problem.MEDIA_TYPE, Wire.write(problem).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }
}
