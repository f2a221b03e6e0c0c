package org.reservoir.gateways.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.reservoir.gateways.FakeVmi;
import org.reservoir.gateways.MeasurementsView.Reading;
import org.reservoir.gateways.MeasurementsView.Told;
import org.reservoir.gateways.MeasurementsView.Wanted;

class MeasurementStreamsTest {
    private static final String STREAM = "/api/monitoring/v1/measurements/stream";

    private final TestSite site = new TestSite();

    @AfterEach
    void stop() {
        site.close();
    }

    private BufferedReader listen(String query, String token) throws IOException {
        var connection = (HttpURLConnection) site.uri().resolve(STREAM + query).toURL().openConnection();
        connection.setRequestProperty("Authorization", "Bearer " + token);
        connection.setReadTimeout(30_000);
        var lines = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        assertThat(lines.readLine()).isEqualTo(": reservoir");
        while (site.site.followed.wanted.isEmpty()) {
            Thread.onSpinWait();
        }
        return lines;
    }

    private void tell(double value, long missed) {
        site.site.followed.tell(new Told(List.of(new Reading("vee-1", "load", value, FakeVmi.NOW, Map.of("host", "host-1"))), missed, false));
    }

    private static String next(BufferedReader lines) throws IOException {
        var line = lines.readLine();
        while (line != null && (line.isEmpty() || line.startsWith(":"))) {
            line = lines.readLine();
        }
        return String.valueOf(line);
    }

    @Test
    void measurementsComeAsTheyAreMadeAndGapsAreCounted() throws IOException {
        try (var lines = listen("?subject=site&prefix=shop.&probe=shop.web&type=kpi&metric=load&every=PT1S", site.token)) {
            assertThat(site.site.followed.wanted).containsExactly(new Wanted(Optional.of("site"), Optional.empty(), Optional.of("shop."), Optional.of("shop.web"), Optional.of("kpi"), Optional.of("load"),
                    Optional.of(Duration.ofSeconds(1))));
            tell(7, 0);
            assertThat(next(lines)).isEqualTo("event: measurement");
            assertThat(next(lines)).isEqualTo("data: {\"subject\":\"vee-1\",\"metric\":\"load\",\"value\":7.0,\"at\":\"2026-11-24T14:00:00Z\",\"labels\":{\"host\":\"host-1\"}}");
            tell(8, 12);
            assertThat(next(lines)).isEqualTo("event: gap");
            assertThat(next(lines)).isEqualTo("data: {\"missed\":12}");
            assertThat(next(lines)).isEqualTo("event: measurement");
            site.site.followed.end();
            assertThat(next(lines)).contains("\"value\":8.0");
            assertThat(next(lines)).as("it ends with the server").isEqualTo("null");
        }
    }

    @Test
    void othersNameWhatTheyMaySee() {
        assertThat(site.as("eve").get(STREAM).problem()).isEqualTo("ADMINISTRATORS_ONLY");
        assertThat(site.get(STREAM + "?subject=moon-1").problem()).isEqualTo("BAD_SUBJECT");
        assertThat(site.get(STREAM + "?every=PT0S").problem()).isEqualTo("BAD_PARAMETER");
        assertThat(site.site.followed.count()).isZero();
    }

    @Test
    void aRevokedTokenSeesNoMoreAndWhoLeavesIsForgotten() throws IOException {
        var admin = site.access.authenticate(site.token, "test");
        var token = site.access.createToken(admin, admin.user(), "radio", Optional.empty()).secret();
        try (var lines = listen("", token)) {
            tell(1, 0);
            assertThat(next(lines)).isEqualTo("event: measurement");
            assertThat(next(lines)).contains("1.0");
            site.access.revokeToken(admin, admin.user(), "radio");
            tell(2, 0);
            String rest;
            try {
                rest = next(lines);
            } catch (IOException _) { // broken off, as it should be
                rest = "null";
            }
            assertThat(rest).isEqualTo("null");
        }
        for (long end = System.nanoTime() + 60_000_000_000L; site.site.followed.count() > 0; Thread.onSpinWait()) {
            assertThat(System.nanoTime()).isLessThan(end);
        }
    }
}
