package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.post;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

import org.reservoir.access.FailedAttempts;
import org.reservoir.gateways.GuestVoice;
import org.reservoir.interfaces.Wire;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;

/** What guests tell over HTTP, with their VEE's own secret as bearer token. It opens these two routes for this VEE and nothing else. */
final class GuestRoutes {
    private static final String GUEST = "/api/monitoring/v1/guests/{vee}";
    private static final long KPIS_LIMIT = 16 << 10;
    private static final int OTLP_LIMIT = 256 << 10;
    private static final String LINES = "application/x-ndjson";

    private final GuestVoice voice;
    private final FailedAttempts attempts = new FailedAttempts(InstantSource.system(), 20);

    GuestRoutes(GuestVoice voice) {
        this.voice = voice;
    }

    private interface Said {
        void by(VeeId vee, String secret);
    }

    List<Route> routes() {
        return List.of(
                post(GUEST + "/kpis", "guest.kpis", "Takes KPIs that a guest tells of itself: an object of names and numbers.", this::kpis)
                        .takes(Shape.of(Map.class)).by(Route.Who.GUEST).upTo(KPIS_LIMIT).status(204),
                post(GUEST + "/otlp/v1/metrics", "guest.otlp", "Takes metrics that a guest's programs export by OTLP, as KPIs of the guest.", this::otlp)
                        .takes(new Shape.Raw(OtlpMetrics.MEDIA_TYPE)).answers(new Shape.Raw(OtlpMetrics.MEDIA_TYPE)).by(Route.Who.GUEST).upTo(OTLP_LIMIT).status(200),
                post(GUEST + "/ready", "guest.ready", "Notes that the guest says it is ready.", x -> heard(x, voice::ready)).by(Route.Who.GUEST).status(204));
    }

    private Answer kpis(Exchange x) throws IOException {
        var kpis = new LinkedHashMap<String, Double>();
        for (var told : x.header("Content-Type").filter(type -> type.startsWith(LINES)).isPresent() ? lines(x) : List.of(x.body(JsonNode.class))) {
            if (!told.isObject()) {
                throw Refused.invalid("BAD_KPI", "KPIs are told as an object.", "Write it like {\"queue.length\": 12}.");
            }
            told.properties().forEach(entry -> kpis.put(entry.getKey(), number(entry.getKey(), entry.getValue())));
        }
        return heard(x, (vee, secret) -> voice.report(vee, secret, kpis));
    }

    /** JSON lines: an object in each. What is told twice is told as the last says. */
    private static List<JsonNode> lines(Exchange x) throws IOException {
        return new String(x.bytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).map(line -> Wire.read(line, JsonNode.class)).toList();
    }

    private Answer otlp(Exchange x) throws IOException {
        if (x.header("Content-Type").filter(type -> type.startsWith(OtlpMetrics.MEDIA_TYPE)).isEmpty()) {
            throw Refused.invalid("UNSUPPORTED_MEDIA_TYPE", "Metrics are taken as protobuf alone.", "Send %s.".formatted(OtlpMetrics.MEDIA_TYPE));
        }
        var metrics = OtlpMetrics.read(x.bytes(), x.header("Content-Encoding").filter("gzip"::equalsIgnoreCase).isPresent(), OTLP_LIMIT, voice::isKpi);
        heard(x, (vee, secret) -> voice.report(vee, secret, metrics.kpis()));
        return new Answer.Bytes(OtlpMetrics.MEDIA_TYPE, metrics.answer());
    }

    private static double number(String name, JsonNode value) {
        if (!value.isNumber()) {
            throw Refused.invalid("BAD_KPI", "KPI %s has no number as its value.".formatted(name), "Write it like {\"queue.length\": 12}.");
        }
        return value.doubleValue();
    }

    private Answer heard(Exchange x, Said said) {
        attempts.check(x.address());
        try {
            said.by(VeeId.parse(x.path("vee")), x.bearer().orElse(""));
            return Answer.NOTHING;
        } catch (Refused refused) {
            if (refused.code().equals("WRONG_SECRET")) {
                attempts.failed(x.address());
            }
            throw refused;
        }
    }
}
