package org.reservoir.gateways.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistoryRoutesTest {
    private static final TestSite SITE = new TestSite();

    @AfterAll
    static void stop() {
        SITE.close();
    }

    @Test
    void aRangeIsAskedForByTimeStepAndFigure() {
        var line = SITE.get("/api/monitoring/v1/history?metric=load&from=2026-11-24T10:00:00Z&to=2026-11-24T11:00:00Z&step=PT1M&figure=max").json().get(0);
        assertThat(line.at("/points/0/at").asText()).isEqualTo("2026-11-24T10:00:00Z");
        assertThat(line.at("/points/0/value").asDouble()).isEqualTo(1.5);
    }

    @ParameterizedTest
    @CsvSource({"figure=middle,BAD_PARAMETER", "step=-PT1M,BAD_PARAMETER", "step=PT0S,BAD_PARAMETER", "subject=nothing,BAD_SUBJECT", "from=2026-11-24T10:00:00Z&to=2026-11-24T09:00:00Z,BAD_INTERVAL",
            "from=yesterday,BAD_PARAMETER"})
    void whatMakesNoSenseIsRefused(String query, String code) {
        assertThat(SITE.get("/api/monitoring/v1/history?" + query).json().get("code").asText()).isEqualTo(code);
    }

    @Test
    void groupsAreToldApartByLabelsThatThereAre() {
        assertThat(SITE.get("/api/monitoring/v1/history/groups?metric=load&by=service,host&across=avg").status()).isEqualTo(200);
        assertThat(SITE.get("/api/monitoring/v1/history/groups?metric=load&by=colour").json().get("code").asText()).isEqualTo("BAD_PARAMETER");
    }

    @Test
    void anExportIsStreamedInTheFormatThatIsAskedFor() {
        assertThat(SITE.get("/api/monitoring/v1/history/export?format=parquet").body()).isEqualTo("parquet\n");
        assertThat(SITE.get("/api/monitoring/v1/history/export").body()).isEqualTo("csv\n");
        assertThat(SITE.get("/api/monitoring/v1/history/export?format=xlsx").status()).isEqualTo(400);
    }

    @Test
    void whoIsNobodyQueriesNothing() {
        assertThat(SITE.withToken("wrong").get("/api/v1/query?query=up").status()).isEqualTo(401);
        assertThat(SITE.as("grace").get("/api/v1/query?query=up").status()).isEqualTo(403);
        assertThat(SITE.as("linus").get("/api/monitoring/v1/history?metric=load").status()).isEqualTo(403);
        assertThat(SITE.as("ada").get("/api/monitoring/v1/alarms").status()).isEqualTo(403);
    }

    @Test
    void prometheusQueriesAreAnsweredInItsOwnForm() {
        var answer = SITE.get("/api/v1/query?query=up&time=1764000000.5").json();
        assertThat(answer.get("status").asText()).isEqualTo("success");
        assertThat(answer.at("/data/result/0/value/0").asLong()).isEqualTo(1_764_000_000);
        var bad = SITE.get("/api/v1/query?query=down");
        assertThat(bad.status()).isEqualTo(400);
        assertThat(bad.json().get("errorType").asText()).isEqualTo("bad_data");
        assertThat(bad.json().get("error").asText()).isEqualTo("'down' is no query. Say up.");
        assertThat(SITE.get("/api/v1/query").json().get("error").asText()).contains("'query' is needed");
        assertThat(SITE.get("/api/v1/query?query=up&time=noon").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({"15,15", "0.5,0", "1m30s,90", "2h,7200", "1d,86400"})
    void stepsAreSecondsOrTimes(String step, String seconds) {
        assertThat(SITE.get("/api/v1/query_range?query=up&start=1764000000&end=2025-11-24T18:00:00Z&step=" + step).json().at("/data/result/0/values/0/1").asText()).isEqualTo(seconds);
    }

    @Test
    void parametersMayComeInAFormAndSelectorsMayBeRepeated() {
        var form = SITE.send("POST", "/api/v1/query", "query=up&time=1764000000", "Content-Type", "application/x-www-form-urlencoded");
        assertThat(form.json().at("/data/result/0/value/1").asText()).isEqualTo("1");
        assertThat(SITE.get("/api/v1/series?match[]=a&match[]=b").json().get("data")).hasSize(2);
        assertThat(SITE.get("/api/v1/label/vee/values").json().at("/data/0").asText()).isEqualTo("vee");
        assertThat(SITE.send("POST", "/api/v1/query", "query=up&colour=red", "Content-Type", "application/x-www-form-urlencoded").status()).isEqualTo(400);
    }

    /** Prometheus' own tools know no bearer tokens. */
    @Test
    void theTokenMayBeThePasswordOfBasicAuthentication() throws Exception {
        var http = java.net.http.HttpClient.newHttpClient();
        var encoded = Base64.getEncoder().encodeToString(("admin:" + SITE.token).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        for (var tried : java.util.Map.of(encoded, 200, "???", 401).entrySet()) {
            var request = java.net.http.HttpRequest.newBuilder(SITE.uri().resolve("/api/v1/query?query=up")).header("Authorization", "Basic " + tried.getKey()).build();
            assertThat(http.send(request, java.net.http.HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(tried.getValue());
        }
        http.close();
    }
}
