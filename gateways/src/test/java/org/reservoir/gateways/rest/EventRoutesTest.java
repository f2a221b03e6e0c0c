package org.reservoir.gateways.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventRoutesTest {
    private final TestSite site = new TestSite();

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void aListenerHearsWhatHappensFromNowOn() throws IOException {
        site.site.happens("vee", "vee-1", "{\"user\":\"user-3\"}");
        try (var lines = listen("/api/events", site.token, "")) {
            lines.readLine();
            site.site.happens("vee", "vee-2", "{\"user\":\"user-3\",\"to\":\"RUNNING\"}");
            assertThat(next(lines, 3)).containsExactly("id: 2", "event: vee",
                    "data: {\"cursor\":\"2\",\"at\":\"2026-11-24T14:00:00Z\",\"topic\":\"vee\",\"subject\":\"vee-2\",\"type\":\"changed\",\"event\":{\"user\":\"user-3\",\"to\":\"RUNNING\"}}");
        }
    }

    @Test
    void whoComesBackHearsWhatItMissed() throws IOException {
        for (int i = 1; i <= 3; i++) {
            site.site.happens("vee", "vee-" + i, "{}");
        }
        try (var lines = listen("/api/events", site.token, "1")) {
            assertThat(subjects(lines, 2)).containsExactly("vee-2", "vee-3");
            site.site.happens("vee", "vee-4", "{}");
            assertThat(subjects(lines, 1)).containsExactly("vee-4");
        }
    }

    @Test
    void topicsAndSubjectsAreChosen() throws IOException {
        try (var lines = listen("/api/events?topic=vee,host&subject=vee-1", site.token, "")) {
            lines.readLine();
            site.site.happens("image", "vee-1", "{}");
            site.site.happens("vee", "vee-2", "{}");
            site.site.happens("vee", "vee-1", "{}");
            assertThat(next(lines, 1)).containsExactly("id: 3");
        }
    }

    /** A probe's name may have a slash in it. */
    @ParameterizedTest
    @CsvSource({"vee/web, vee-1", "vee-1, vee-1", "plan-7, plan-7", "disks/a, disks/a"})
    void whatIsMeasuredMayBeNamedAndAllElseIsTakenAsItIs(String said, String subject) throws IOException {
        site.vee("web");
        try (var lines = listen("/api/events?subject=" + said, site.token, "")) {
            lines.readLine();
            List.of("vee-2", "disks/b", subject).forEach(each -> site.site.happens("any", each, "{}"));
            assertThat(subjects(lines, 1)).containsExactly(subject);
        }
    }

    @Test
    void nobodyHearsOfWhatBelongsToOthers() throws IOException {
        var eve = site.tokenOf("eve");
        try (var lines = listen("/api/events", eve, "")) {
            lines.readLine();
            site.site.happens("vee", "vee-1", "{\"user\":\"user-3\"}");
            site.site.happens("host", "host-1", "{}");
            site.site.happens("service", "service-1", "{\"ownership\":{\"user\":\"user-3\",\"group\":\"group-2\",\"permissions\":\"um-------\"}}");
            site.site.happens("service", "service-2", "{\"ownership\":{\"user\":\"user-3\",\"group\":\"group-2\",\"permissions\":\"um----u--\"}}");
            site.site.happens("vee", "vee-2", "{\"user\":\"user-4\"}");
            assertThat(subjects(lines, 2)).containsExactly("service-2", "vee-2");
        }
    }

    @Test
    void aRevokedTokenHearsNoMore() throws IOException {
        var admin = site.access.authenticate(site.token, "test");
        var token = site.access.createToken(admin, admin.user(), "radio", java.util.Optional.empty()).secret();
        try (var lines = listen("/api/events", token, "")) {
            lines.readLine();
            site.site.happens("vee", "vee-1", "{}");
            assertThat(subjects(lines, 1)).containsExactly("vee-1");
            site.access.revokeToken(admin, admin.user(), "radio");
            site.site.happens("vee", "vee-2", "{}");
            assertThat(untilItEnds(lines)).noneMatch(line -> line.contains("vee-2"));
        }
    }

    @Test
    void whoReadsSlowlyMissesNothingAndHoldsUpNobody() throws IOException {
        var event = "{\"note\":\"%s\"}".formatted("x".repeat(2_000));
        try (var slow = listen("/api/events", site.token, ""); var quick = listen("/api/events?subject=vee-6000", site.token, "")) {
            slow.readLine();
            quick.readLine();
            for (int i = 1; i <= 6_000; i++) {
                site.site.happens("vee", "vee-" + i, event);
            }
            assertThat(subjects(quick, 1)).containsExactly("vee-6000");
            var heard = subjects(slow, 6_000);
            assertThat(heard).hasSize(6_000).doesNotHaveDuplicates().startsWith("vee-1", "vee-2").endsWith("vee-6000");
        }
    }

    private static List<String> untilItEnds(BufferedReader lines) {
        var rest = new ArrayList<String>();
        try {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                rest.add(line);
            }
        } catch (IOException _) {
            // broken off, as it should be
        }
        return rest;
    }

    @Test
    void aCursorThatMakesNoSenseIsRefused() {
        assertThat(site.send("GET", "/api/events", "", "Last-Event-ID", "yesterday").problem()).isEqualTo("EVENT_CURSOR_MALFORMED");
    }

    @Test
    void moreListenersThanThereIsRoomForAreToldSo() throws IOException {
        var small = new RestOptions("127.0.0.1", 0, java.util.Optional.empty(), false, false, 512, 1, java.time.Duration.ofSeconds(20));
        try (var crowded = new TestSite(small); var lines = listen(crowded, "/api/events", crowded.token, "")) {
            lines.readLine();
            assertThat(crowded.get("/api/events").status()).isEqualTo(429);
        }
    }

    private BufferedReader listen(String path, String token, String last) throws IOException {
        return listen(site, path, token, last);
    }

    private static BufferedReader listen(TestSite site, String path, String token, String last) throws IOException {
        var connection = (HttpURLConnection) site.uri().resolve(path).toURL().openConnection();
        connection.setRequestProperty("Authorization", "Bearer " + token);
        connection.setReadTimeout(10_000);
        if (!last.isEmpty()) {
            connection.setRequestProperty("Last-Event-ID", last);
        }
        return new BufferedReader(new InputStreamReader(connection.getInputStream(), java.nio.charset.StandardCharsets.UTF_8));
    }

    /** The next lines that say something. */
    private static List<String> next(BufferedReader lines, int count) throws IOException {
        var next = new ArrayList<String>();
        while (next.size() < count) {
            var line = lines.readLine();
            if (!line.isEmpty() && !line.startsWith(":")) {
                next.add(line);
            }
        }
        return next;
    }

    private static List<String> subjects(BufferedReader lines, int count) throws IOException {
        return next(lines, 3 * count).stream().filter(line -> line.startsWith("data:")).map(line -> line.replaceAll(".*\"subject\":\"([^\"]*)\".*", "$1")).toList();
    }
}
