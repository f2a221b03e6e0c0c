package org.reservoir.gateways.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

import com.fasterxml.jackson.core.JsonProcessingException;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.UrlEncoded;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.kernel.Refused;

/** One request, as routes see it: the caller, path and query, and a body within its bound. */
final class Exchange {
    private final Request request;
    private final Route route;
    private final Map<String, String> path;
    private final Optional<Caller> caller;
    private final Fields query;
    private final Duration patience;
    private byte[] body;

    Exchange(Request request, Router.Match match, Optional<Caller> caller, Duration patience) {
        this.patience = patience;
        this.request = request;
        this.route = match.route();
        this.path = match.parameters();
        this.caller = caller;
        this.query = parsedQuery();
    }

    /** The same caller looking at what is there, without a query. */
    private Exchange(Exchange other, Router.Match shown) {
        patience = other.patience;
        request = other.request;
        route = shown.route();
        path = shown.parameters();
        caller = other.caller;
        query = Fields.EMPTY;
    }

    private Exchange(Exchange other, Fields parameters) {
        patience = other.patience;
        request = other.request;
        route = other.route;
        path = other.path;
        caller = other.caller;
        query = parameters;
    }

    Exchange at(Router.Match shown) {
        return new Exchange(this, shown);
    }

    private Fields parsedQuery() {
        try {
            var fields = Request.extractQueryParameters(request);
            for (var field : fields) {
                requireKnown(field);
            }
            return fields;
        } catch (IllegalArgumentException | org.eclipse.jetty.http.HttpException.RuntimeException e) {
            throw Refused.invalid("BAD_QUERY", "The query cannot be read: %s.".formatted(e.getMessage()), "Percent-encode it as UTF-8.");
        }
    }

    private void requireKnown(Fields.Field field) {
        if (route.queries().stream().noneMatch(known -> known.name().equals(field.getName()))) {
            var known = route.queries().isEmpty() ? "There are none here." : "Known: " + String.join(", ", route.queries().stream().map(Route.Query::name).toList()) + ".";
            throw Refused.invalid("UNKNOWN_PARAMETER", "'%s' is no query parameter of %s.".formatted(field.getName(), route.id()), known);
        }
        if (field.getValues().size() > 1 && !field.getName().endsWith("[]")) {
            throw Refused.invalid("REPEATED_PARAMETER", "'%s' is given more than once.".formatted(field.getName()), "");
        }
    }

    Route route() {
        return route;
    }

    Caller caller() {
        return caller.orElseThrow(() -> new IllegalStateException("%s has no caller".formatted(route.id())));
    }

    String path(String name) {
        return Optional.ofNullable(path.get(name)).orElseThrow(() -> new IllegalStateException("%s has no {%s}".formatted(route.path(), name)));
    }

    Optional<String> query(String name) {
        return Optional.ofNullable(query.getValue(name));
    }

    /** All values of a parameter that may be given more than once, whose name ends in {@code []}. */
    List<String> queries(String name) {
        return query.getValuesOrEmpty(name);
    }

    /** The same request, whose parameters may be in the body as well, as HTML forms send them. */
    Exchange withForm() throws IOException {
        if (header("Content-Type").orElse("").startsWith("application/x-www-form-urlencoded")) {
            var form = new Fields(true);
            query.forEach(field -> field.getValues().forEach(value -> form.add(field.getName(), value)));
            UrlEncoded.decodeTo(new String(bytes(), StandardCharsets.UTF_8), form::add, StandardCharsets.UTF_8);
            for (var field : form) {
                requireKnown(field);
            }
            return new Exchange(this, form);
        }
        return this;
    }

    boolean flag(String name) {
        return query(name).map(text -> switch (text) {
            case "true", "" -> true;
            case "false" -> false;
            default -> throw Refused.invalid("BAD_PARAMETER", "%s=%s is neither true nor false.".formatted(name, text), "");
        }).orElse(false);
    }

    long number(String name, long otherwise, long least, long most) {
        return query(name).map(text -> {
            if (text.matches("[0-9]{1,18}") && Long.parseLong(text) >= least && Long.parseLong(text) <= most) {
                return Long.parseLong(text);
            }
            throw Refused.invalid("BAD_PARAMETER", "%s=%s is no number from %d to %d.".formatted(name, text, least, most), "");
        }).orElse(otherwise);
    }

    Instant instant(String name, Instant otherwise) {
        return query(name).map(text -> {
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException _) {
                throw Refused.invalid("BAD_PARAMETER", "%s=%s is no time.".formatted(name, text), "Write it like 2026-11-24T14:00:00Z.");
            }
        }).orElse(otherwise);
    }

    Duration duration(String name, Duration otherwise) {
        return query(name).map(text -> {
            try {
                return Duration.parse(text);
            } catch (DateTimeParseException _) {
                throw Refused.invalid("BAD_PARAMETER", "%s=%s is no duration.".formatted(name, text), "Write it like PT5M.");
            }
        }).orElse(otherwise);
    }

    Page.Request page() {
        return new Page.Request((int) number("limit", 100, 1, 10_000), query("after"));
    }

    /** The address of the page that follows, for a Link header (RFC 8288). */
    String link(String next) {
        var others = new StringBuilder();
        for (var field : query) {
            if (!field.getName().equals("after")) {
                others.append(field.getName()).append('=').append(encoded(field.getValue())).append('&');
            }
        }
        return "<%s?%safter=%s>; rel=\"next\"".formatted(Request.getPathInContext(request), others, encoded(next));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    Answer paged(Page<?> page) {
        return new Answer.Json(0, page, page.next().map(next -> Map.of("Link", link(next))).orElse(Map.of()));
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    String address() {
        return Request.getRemoteAddr(request);
    }

    String pathSent() {
        return Request.getPathInContext(request);
    }

    Optional<String> bearer() {
        return bearer(request);
    }

    /** What follows {@code Bearer} in the Authorization header; or the password after {@code Basic}, for tools that know nothing else. */
    static Optional<String> bearer(Request request) {
        var header = Optional.ofNullable(request.getHeaders().get(HttpHeader.AUTHORIZATION)).orElse("");
        if (header.regionMatches(true, 0, "Basic ", 0, 6)) {
            return password(header.substring(6).strip());
        }
        return header.regionMatches(true, 0, "Bearer ", 0, 7) ? Optional.of(header.substring(7).strip()) : Optional.empty();
    }

    private static Optional<String> password(String encoded) {
        try {
            var pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            return Optional.of(pair.substring(pair.indexOf(':') + 1));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** @throws Refused {@code BAD_JSON} and others, {@code BODY_TOO_LARGE} */
    <T> T body(Class<T> type) throws IOException {
        try {
            return Wire.json().readValue(json(), type);
        } catch (JsonProcessingException e) {
            throw Wire.refusal(e);
        }
    }

    /** A body that is one of them, or a list of them. */
    <T> List<T> bodies(Class<T> type) throws IOException {
        try {
            var reader = Wire.json().readerForListOf(type);
            return isList() ? reader.readValue(json()) : List.of(body(type));
        } catch (JsonProcessingException e) {
            throw Wire.refusal(e);
        }
    }

    boolean isList() throws IOException {
        for (var b : json()) {
            if (b > ' ') {
                return b == '[';
            }
        }
        return false;
    }

    byte[] json() throws IOException {
        var type = header("Content-Type").orElse("application/json").toLowerCase(java.util.Locale.ROOT);
        if (!type.startsWith("application/json")) {
            throw Refused.invalid("UNSUPPORTED_MEDIA_TYPE", "A body of type %s cannot be read.".formatted(type), "Send application/json.");
        }
        return bytes();
    }

    byte[] bytes() throws IOException {
        if (body == null) {
            requireWithin(request.getLength());
            body = read();
            requireWithin(body.length);
        }
        return body;
    }

    private byte[] read() throws IOException {
        var deadline = System.nanoTime() + patience.toNanos();
        var bytes = new ByteArrayOutputStream(Math.max(512, (int) Math.min(request.getLength(), 1 << 20)));
        var buffer = new byte[8 << 10];
        try (var in = stream()) {
            for (int read = in.read(buffer); read >= 0 && bytes.size() <= route.bodyLimit(); read = in.read(buffer)) {
                bytes.write(buffer, 0, read);
                if (System.nanoTime() - deadline > bytes.size() * 1_000_000L) {
                    throw tooSlow(bytes.size());
                }
            }
        } catch (IOException e) {
            throw e.getCause() instanceof TimeoutException ? tooSlow(bytes.size()) : new RequestHandler.ClientGone(e);
        }
        return bytes.toByteArray();
    }

    private static Refused tooSlow(int bytes) {
        return Refused.invalid("TOO_SLOW", "The body comes too slowly: %d bytes so far.".formatted(bytes), "Send it at a kilobyte a second at least.");
    }

    private void requireWithin(long length) {
        if (length > route.bodyLimit()) {
            throw new Refused(Refused.Kind.TOO_LARGE, "BODY_TOO_LARGE", "The body is larger than the %d bytes that %s takes.".formatted(route.bodyLimit(), route.id()), "Send less at a time.");
        }
    }

    /** The body as it comes, unbounded: for those who bound it themselves. */
    InputStream stream() {
        return Content.Source.asInputStream(request);
    }

    /** The connection is not ended for saying nothing. */
    void mayBeSilentFor(Duration time) {
        request.getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(time.toMillis());
    }

    long length() {
        return request.getLength();
    }

    boolean matches(String etag) {
        return header("If-None-Match").filter(known -> Etag.isAmong(etag, known)).isPresent();
    }

    static HttpField field(String name, String value) {
        return new HttpField(name, value);
    }
}
