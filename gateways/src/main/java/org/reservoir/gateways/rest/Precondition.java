package org.reservoir.gateways.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;

import org.reservoir.kernel.Refused;

/**
 * {@code If-Match} (RFC 9110 §13.1.1): a change is made only while the thing is still as its sender saw it. What is compared is the entity tag of the thing that
 * the path names, or of the nearest above it that can be shown: of the VEE, for one of its actions. It finds what changed since the sender looked; two
 * changes in the same instant are told apart by the layers' own rules, if at all.
 */
final class Precondition {
    private static final Set<String> CHANGES = Set.of("PUT", "PATCH", "DELETE", "POST");

    private final Router router;

    Precondition(Router router) {
        this.router = router;
    }

    /** @throws Refused {@code PRECONDITION_FAILED}, or {@code NOT_FOUND} of some sort */
    void require(Exchange exchange) throws IOException {
        var wanted = exchange.header("If-Match");
        if (wanted.isEmpty() || !CHANGES.contains(exchange.route().method())) {
            return;
        }
        var etag = etag(exchange);
        if (!wanted.get().strip().equals("*") && !Etag.isAmong(etag, wanted.get())) {
            throw Refused.conflict("PRECONDITION_FAILED", "It has changed: its ETag is now %s.".formatted(etag), "Look at it again and repeat the change, with its new ETag in If-Match.");
        }
    }

    private String etag(Exchange exchange) throws IOException {
        for (var path = exchange.pathSent(); path.length() > 1; path = path.substring(0, Math.max(1, path.lastIndexOf('/')))) {
            var shown = router.find("GET", path);
            if (shown.isPresent()) {
                return etag(shown.get(), exchange);
            }
        }
        return none(exchange);
    }

    private static String etag(Router.Match shown, Exchange exchange) throws IOException {
        if (!(shown.route().handler().handle(exchange.at(shown)) instanceof Answer.Json json)) {
            return none(exchange);
        }
        var out = new ByteArrayOutputStream();
        Json.write(out, json.value());
        return Etag.of(ByteBuffer.wrap(out.toByteArray()));
    }

    private static String none(Exchange exchange) {
        throw Refused.invalid("NO_ETAG", "Nothing at %s has an ETag.".formatted(exchange.pathSent()), "Leave out If-Match.");
    }
}
