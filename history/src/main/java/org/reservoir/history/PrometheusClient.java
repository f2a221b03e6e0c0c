package org.reservoir.history;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.WriteRequest;
import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.Matcher;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;
import org.xerial.snappy.Snappy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Speaks Prometheus' remote write and HTTP query API. */
final class PrometheusClient {
    static final String METRIC = "metric";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PERSISTENCE = Duration.ofMinutes(2);
    private static final Duration FAR_BACK = Duration.ofDays(400);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI address;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).version(HttpClient.Version.HTTP_1_1).build();

    PrometheusClient(URI address) {
        this.address = URI.create(address.toString().replaceFirst("/+$", ""));
    }

    private HttpRequest request(byte[] plain) throws IOException {
        var request = HttpRequest.newBuilder(at("/api/v1/write")).timeout(PATIENCE);
        WriteRequest.HEADERS.forEach(request::header);
        return request.POST(HttpRequest.BodyPublishers.ofByteArray(Snappy.compress(plain))).build();
    }

    /** Sends a remote-write request, again and again for {@link #PERSISTENCE} or until {@code ending}. @return empty, or why it was given up */
    String write(byte[] plain, BooleanSupplier ending) throws InterruptedException {
        long giveUp = System.nanoTime() + PERSISTENCE.toNanos();
        long pause = 100;
        while (true) {
            try {
                var reply = http.send(request(plain), HttpResponse.BodyHandlers.ofString());
                if (reply.statusCode() / 100 == 2) {
                    return "";
                }
                if (reply.statusCode() / 100 == 4 && reply.statusCode() != 429) {
                    return "%s takes no samples: %d %s".formatted(address, reply.statusCode(), reply.body().strip());
                }
            } catch (IOException e) {
                if (ending.getAsBoolean() || System.nanoTime() > giveUp) {
                    return "%s does not answer: %s".formatted(address, e);
                }
            }
            if (System.nanoTime() > giveUp || ending.getAsBoolean()) {
                return "%s takes no samples now".formatted(address);
            }
            Thread.sleep(pause);
            pause = Math.min(5_000, pause * 2);
        }
    }

    List<Series> series(Wanted wanted, Instant now) {
        var found = new ArrayList<Series>();
        ask("/api/v1/series", Map.of("match[]", selector(wanted), "start", seconds(now.minus(FAR_BACK).toEpochMilli()), "end", seconds(now.toEpochMilli())))
                .forEach(tags -> series(tags).filter(wanted::takes).ifPresent(found::add));
        return found;
    }

    List<Points> points(Wanted wanted, Span span) {
        if (span.isEmpty()) {
            return List.of();
        }
        var asked = ask("/api/v1/query", Map.of("query", "%s[%dms]".formatted(selector(wanted), span.to() - span.from() + 1), "time", seconds(span.to())));
        var found = new ArrayList<Points>();
        for (var result : asked.path("result")) {
            series(result.path("metric")).filter(wanted::takes).ifPresent(series -> found.add(points(series, result.path("values")).within(span)));
        }
        return found.stream().filter(points -> points.count() > 0).toList();
    }

    private static Points points(Series series, JsonNode values) {
        var points = new Points.Gathering();
        values.forEach(sample -> points.add(Math.round(sample.get(0).asDouble() * 1000), number(sample.get(1).asText())));
        return points.points(series);
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    /** Each figure is a query; a step is asked for at its last millisecond. */
    List<Buckets> buckets(Wanted wanted, Span span, long step) {
        long first = Math.floorDiv(span.from(), step) * step + step - 1;
        long last = Math.floorDiv(span.to(), step) * step + step - 1;
        Map<Series, Map<String, Points>> figures = new LinkedHashMap<>();
        for (var figure : List.of("count", "sum", "min", "max", "last")) {
            var asked = ask("/api/v1/query_range", Map.of("query", "%s_over_time(%s[%dms])".formatted(figure, selector(wanted), step), "start", seconds(first), "end", seconds(last),
                    "step", seconds(step), "nocache", "1"));
            for (var result : asked.path("result")) {
                series(result.path("metric")).filter(wanted::takes).ifPresent(series -> figures.computeIfAbsent(series, _ -> new TreeMap<>()).put(figure, points(series, result.path("values"))));
            }
        }
        return figures.entrySet().stream().map(entry -> buckets(entry.getKey(), step, entry.getValue())).toList();
    }

    private static Buckets buckets(Series series, long step, Map<String, Points> figures) {
        var starts = java.util.Arrays.stream(figures.get("count").times()).map(time -> time - step + 1).toArray();
        return new Buckets(series, step, starts, figures.get("count").values(), figures.get("sum").values(), figures.get("min").values(), figures.get("max").values(), figures.get("last").values());
    }

    private JsonNode ask(String path, Map<String, String> parameters) {
        var form = parameters.entrySet().stream().map(entry -> encoded(entry.getKey()) + "=" + encoded(entry.getValue())).collect(Collectors.joining("&"));
        try {
            var reply = http.send(HttpRequest.newBuilder(at(path)).timeout(PATIENCE).header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(form)).build(), HttpResponse.BodyHandlers.ofByteArray());
            var answer = JSON.readTree(reply.body());
            if (!answer.path("status").asText().equals("success")) {
                throw unreadable(answer.path("error").asText("it answers " + reply.statusCode()));
            }
            return answer.path("data");
        } catch (IOException e) {
            throw unreadable(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreadable("interrupted");
        }
    }

    private Refused unreadable(String why) {
        return Refused.unavailable("HISTORY_UNREADABLE", "The history cannot be read from %s: %s.".formatted(address, why), "See whether the store answers.");
    }

    private URI at(String path) {
        return URI.create(address + path);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String seconds(long millis) {
        return java.math.BigDecimal.valueOf(millis, 3).toPlainString();
    }

    private static String selector(Wanted wanted) {
        return switch (wanted) {
            case Wanted.One(var key) -> selector(Optional.of(key.subject()), Optional.of(key.name()));
            case Wanted.Of(var subject, var name) -> selector(subject, name);
            case Wanted.Matching(var matchers) -> matchers.stream().map(Matcher::toString).collect(Collectors.joining(",", "{" + METRIC + "!=\"\"" + (matchers.isEmpty() ? "" : ","), "}"));
        };
    }

    private static String selector(Optional<Subject> subject, Optional<String> name) {
        var matchers = new ArrayList<Matcher>();
        matchers.add(name.map(text -> Matcher.of(METRIC, Matcher.Op.EQUAL, text)).orElse(Matcher.of(METRIC, Matcher.Op.UNEQUAL, "")));
        subject.ifPresent(of -> matchers.add(switch (of) {
            case Subject.OfVee(var vee) -> Matcher.of("vee", Matcher.Op.EQUAL, vee.toString());
            case Subject.OfHost(var host) -> Matcher.of("host", Matcher.Op.EQUAL, host.toString());
            case Subject.OfService(var service) -> Matcher.of("service", Matcher.Op.EQUAL, service.toString());
            case Subject.OfSite() -> Matcher.of("vee", Matcher.Op.EQUAL, "");
        }));
        return matchers.stream().map(Matcher::toString).collect(Collectors.joining(",", "{", "}"));
    }

    /** Empty for what Reservoir has not written. */
    private static Optional<Series> series(JsonNode tags) {
        if (!tags.has(METRIC)) {
            return Optional.empty();
        }
        var vee = some(tags, "vee");
        var host = some(tags, "host");
        var service = some(tags, "service");
        boolean ofVee = vee.isPresent();
        var subject = Subject.parse(vee.or(() -> service).or(() -> host).orElse("site"));
        var labels = new Labels(ofVee ? service.map(ServiceId::parse) : Optional.empty(), some(tags, "component"), ofVee ? host.map(HostId::parse) : Optional.empty());
        return Optional.of(new Series(new SeriesKey(subject, tags.get(METRIC).asText()), labels));
    }

    private static Optional<String> some(JsonNode tags, String name) {
        return Optional.ofNullable(tags.get(name)).map(JsonNode::asText);
    }
}
