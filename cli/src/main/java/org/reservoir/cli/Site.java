package org.reservoir.cli;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLException;

/** A site as commands speak to it: JSON in, JSON out, problems as {@link Failure}s. */
final class Site {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Contexts.Context context;
    private final Duration patience;

    Site(Contexts.Context context) {
        this(context, PATIENCE);
    }

    private Site(Contexts.Context context, Duration patience) {
        this.context = context;
        this.patience = patience;
    }

    /** The same site, given up sooner or later. */
    Site patient(Duration other) {
        return new Site(context, other);
    }

    Object get(String path) {
        return send("GET", path, Map.of(), "");
    }

    /** @param json empty for no body */
    Object send(String method, String path, Map<String, String> headers, String json) {
        var more = new HashMap<>(headers);
        if (!json.isEmpty()) {
            more.put("Content-Type", "application/json");
        }
        return read(reply(method, path, more, new Http.Content(new java.io.ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
                json.getBytes(StandardCharsets.UTF_8).length), patience));
    }

    Object upload(String method, String path, Map<String, String> headers, Http.Content content) {
        return read(reply(method, path, headers, content, patience));
    }

    /** The answer as it comes, not yet read; a problem is thrown all the same. */
    Http.Reply open(String path, Map<String, String> headers, Duration patience) {
        var reply = reply("GET", path, headers, new Http.Content(java.io.InputStream.nullInputStream(), 0), patience);
        if (reply.status() >= 400) {
            read(reply);
        }
        return reply;
    }

    /** Body and answer at the same time. */
    Http.Conversation converse(String path, Duration silence) {
        var headers = Map.of("Authorization", "Bearer " + context.token(), "Content-Type", "application/octet-stream");
        try {
            var conversation = Http.converse(target(path), headers, patience, silence);
            if (conversation.reply().status() >= 400) {
                read(conversation.reply());
            }
            return conversation;
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** All items of a list, page by page. */
    List<Object> all(String path) {
        var items = new ArrayList<Object>();
        var after = "";
        do {
            var page = get(path + (path.contains("?") ? "&" : "?") + "limit=1000" + (after.isEmpty() ? "" : "&after=" + encoded(after)));
            items.addAll(Json.list(page instanceof List<?> whole ? whole : Json.at(page, "items")));
            after = Json.text(page, "next");
        } while (!after.isEmpty());
        return items;
    }

    private Http.Reply reply(String method, String path, Map<String, String> headers, Http.Content content, Duration patience) {
        var all = new HashMap<>(headers);
        if (!context.token().isEmpty()) {
            all.put("Authorization", "Bearer " + context.token());
        }
        try {
            return Http.send(target(path), method, all, content, patience);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private Http.Target target(String path) {
        return new Http.Target(context.url().resolve(path), context.authorities());
    }

    private Failure unreachable(IOException e) {
        if (e instanceof SSLException) {
            return new Failure(Failure.Exit.UNREACHABLE, "SITE_UNREACHABLE", "%s cannot be trusted (%s).".formatted(context.url(), e.getMessage()),
                    "Have RESERVOIR_CA name a PEM file of those who vouch for its certificate, or the certificate itself.");
        }
        return new Failure(Failure.Exit.UNREACHABLE, "SITE_UNREACHABLE", "No site answers at %s (%s).".formatted(context.url(), e.getMessage()),
                "Is it running (bin/site)? Another one is named by RESERVOIR_URL or 'reservoir login URL'.");
    }

    private Object read(Http.Reply reply) {
        try {
            var text = reply.text();
            if (reply.status() >= 400) {
                throw failure(reply.status(), text);
            }
            return text.isEmpty() ? Map.of() : reply.header("content-type").contains("json") ? Json.read(text) : text;
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private static Failure failure(int status, String text) {
        var problem = text.startsWith("{") ? Json.read(text) : Map.of("detail", "The site answered %d: %s".formatted(status, text.strip()), "code", "HTTP_" + status);
        var exit = switch (status) {
            case 401, 403 -> Failure.Exit.NOT_ALLOWED;
            case 404 -> Failure.Exit.NOT_FOUND;
            case 502, 503, 504 -> Failure.Exit.UNREACHABLE;
            default -> Failure.Exit.REFUSED;
        };
        var incident = Json.text(problem, "instance").startsWith("urn:") ? " (" + Json.text(problem, "instance") + ")" : "";
        return new Failure(status == 503 && !Json.text(problem, "code").equals("NOT_READY") ? Failure.Exit.REFUSED : exit, Json.text(problem, "code"),
                Json.text(problem, "detail") + incident, Json.text(problem, "advice"));
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
