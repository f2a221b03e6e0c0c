package org.reservoir.gateways.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.io.SerializedString;

import org.reservoir.access.Repeats;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;

/**
 * Lets a client repeat a request that makes something, when it does not know whether the first one arrived: with the same
 * {@code Idempotency-Key}, the same user gets the first answer again. Keys are the site's, in its database. A request whose server ended in the middle is
 * not done a second time, for nobody knows how far it came.
 */
final class Idempotency {
    private static final Duration UNDER_WAY = Duration.ofMinutes(2);
    private static final int LONGEST_KEPT = 1 << 20;

    private final Repeats repeats;

    Idempotency(Repeats repeats) {
        this.repeats = repeats;
    }

    Answer answer(Exchange exchange, Route.Handler handler) throws IOException {
        var key = exchange.route().creates() ? exchange.header("Idempotency-Key").orElse("") : "";
        if (key.isEmpty()) {
            return handler.handle(exchange);
        }
        if (key.length() > 128 || !key.chars().allMatch(each -> each > ' ' && each < 127)) {
            throw Refused.invalid("BAD_IDEMPOTENCY_KEY", "The Idempotency-Key is longer than 128 characters, or not of visible ASCII characters.", "A UUID will do.");
        }
        return once(exchange.caller().user(), key, exchange, handler);
    }

    private Answer once(UserId user, String key, Exchange exchange, Route.Handler handler) throws IOException {
        var request = digest(exchange);
        var before = repeats.begin(user, key, request);
        if (before.isPresent()) {
            return repeated(before.get(), request);
        }
        var answered = false;
        try {
            var answer = handler.handle(exchange);
            var told = answer instanceof Answer.Json json ? written(json) : answer;
            repeats.answered(user, key, kept(exchange.route(), told));
            answered = true;
            return told;
        } finally {
            if (!answered) {
                repeats.forget(user, key);
            }
        }
    }

    private static ByteBuffer digest(Exchange exchange) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update((exchange.route().id() + " " + exchange.pathSent() + "\n").getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest.digest(exchange.bytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    /** Written now, so that the first and the repeated answer are the same. */
    private static Answer.Json written(Answer.Json answer) throws IOException {
        var out = new ByteArrayOutputStream();
        Json.write(out, answer.value());
        return new Answer.Json(answer.status(), new SerializedString(out.toString(StandardCharsets.UTF_8)), answer.headers());
    }

    private static Repeats.Answer kept(Route route, Answer answer) {
        return switch (answer) {
            case Answer.Json(var status, var value, var headers) when !headers.equals(Answer.TOLD_ONCE) && value.toString().length() <= LONGEST_KEPT ->
                new Repeats.Answer(status == 0 ? route.status() : status, headers, Optional.of(value.toString()));
            case Answer.Json _, Answer.Empty _, Answer.Bytes _, Answer.Stream _ -> new Repeats.Answer(route.status(), Map.of(), Optional.empty());
        };
    }

    private static Answer repeated(Repeats.Kept before, ByteBuffer request) {
        if (!before.request().equals(request)) {
            throw Refused.conflict("IDEMPOTENCY_KEY_REUSED", "This Idempotency-Key was used for another request.", "Use a new key for a new request.");
        }
        var answer = before.answer().orElseThrow(() -> Duration.between(before.begun(), Instant.now()).compareTo(UNDER_WAY) < 0
                ? Refused.conflict("REQUEST_UNDER_WAY", "The first request with this Idempotency-Key is still under way.", "Ask again in a moment.")
                : Refused.conflict("REQUEST_CUT_OFF", "The first request with this Idempotency-Key was cut off; nobody knows how far it came.",
                        "Look whether what it was to make is there; if not, ask again with a new key."));
        var body = answer.body().orElseThrow(() -> Refused.conflict("REQUEST_DONE", "The first request with this Idempotency-Key was done; its answer is not told again.",
                "Look at what it has made."));
        return new Answer.Json(answer.status(), new SerializedString(body), answer.headers());
    }
}
