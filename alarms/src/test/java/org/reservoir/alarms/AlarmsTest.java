package org.reservoir.alarms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.alarm.Alarm;
import org.reservoir.monitoring.alarm.AlarmRule;
import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.History;
import org.reservoir.monitoring.history.Pen;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;

import com.sun.net.httpserver.HttpServer;

class AlarmsTest {
    private static final Instant BEGIN = Instant.parse("2026-11-24T10:00:00Z");
    private static final Subject VEE = Subject.of(new VeeId(7));

    private final SiteDatabase database = TestDatabase.fresh("db/store", Alarms.MIGRATIONS);
    private final Measurements measurements = new Measurements(Measurements.Bounds.USUAL, new Roster());
    private final BlockingQueue<List<String>> hooked = new LinkedBlockingQueue<>();
    private HttpServer web;
    private int answer = 200;
    private Instant now = BEGIN;

    @BeforeEach
    void listen() throws IOException {
        web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.createContext("/hook", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (answer == 200) {
                hooked.add(List.of(body, String.valueOf(exchange.getRequestHeaders().getFirst("Reservoir-Signature"))));
            }
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        web.start();
    }

    @AfterEach
    void close() {
        web.stop(0);
        database.close();
    }

    private Alarms alarms(Optional<History> history, Optional<InternetPost.MailServer> mail) {
        return new Alarms("server-1", database, measurements, history, new InternetPost(mail));
    }

    private AlarmRule rule(AlarmRule.Kind kind, double threshold, List<String> mails) {
        var hook = new AlarmRule.Webhook("http://127.0.0.1:%d/hook".formatted(web.getAddress().getPort()), "sesame");
        return new AlarmRule("load", Optional.empty(), kind, Optional.empty(), Duration.ofSeconds(30), threshold, Optional.empty(), Duration.ZERO, Duration.ZERO, 4, List.of(hook), mails);
    }

    private void measure(double value, int seconds) {
        for (int i = 0; i < seconds; i++) {
            now = now.plusSeconds(1);
            measurements.take(VEE, "load", value, now);
        }
    }

    private List<String> events() {
        return TestDatabase.told(database, Set.of(Alarms.TOPIC)).stream().map(event -> event.type() + " " + event.subject()).toList();
    }

    @Test
    void whatGoesOverItsThresholdIsToldOnceByEventAndSignedWebhookAndWhenItEndsAgain() throws Exception {
        var alarms = alarms(Optional.empty(), Optional.empty());
        alarms.set("hot", rule(AlarmRule.Kind.ABOVE, 90, List.of()));
        measure(50, 40);
        alarms.turn(now);
        assertThat(events()).isEmpty();
        measure(99, 40);
        alarms.turn(now);
        alarms.turn(now.plusSeconds(1));
        assertThat(events()).containsExactly("FIRING vee-7");
        var told = hooked.take();
        assertThat(told.getFirst()).contains("\"event\":\"FIRING\"", "hot fires for vee-7: load is 99.00.");
        assertThat(told.getLast()).isEqualTo(Courier.signature("sesame", now, told.getFirst())).startsWith("t=" + now.getEpochSecond() + ",v1=");
        assertThat(alarms.list()).singleElement().satisfies(shown -> {
            assertThat(shown.subjects()).singleElement().satisfies(standing -> assertThat(standing.state()).isEqualTo(Alarm.State.FIRING));
            assertThat(shown.rule().webhooks().getFirst().secret()).isEmpty();
        });
        measure(10, 40);
        alarms.turn(now);
        assertThat(events()).containsExactly("FIRING vee-7", "QUIET vee-7");
        assertThat(hooked.take().getFirst()).contains("is quiet again");
        assertThat(hooked).isEmpty();
    }

    @Test
    void aRestartedServerNeitherForgetsNorTellsTwice() throws Exception {
        alarms(Optional.empty(), Optional.empty()).set("hot", rule(AlarmRule.Kind.ABOVE, 90, List.of()));
        measure(99, 40);
        alarms(Optional.empty(), Optional.empty()).turn(now);
        assertThat(hooked.take().getFirst()).contains("FIRING");
        alarms(Optional.empty(), Optional.empty()).turn(now.plusSeconds(1));
        measure(10, 40);
        alarms(Optional.empty(), Optional.empty()).turn(now);
        assertThat(hooked.take().getFirst()).contains("QUIET");
        assertThat(hooked).isEmpty();
    }

    @Test
    void aWebhookThatDoesNotTakeItIsTriedAgainLaterAndGivenUpAfterADay() throws Exception {
        var alarms = alarms(Optional.empty(), Optional.empty());
        alarms.set("hot", rule(AlarmRule.Kind.ABOVE, 90, List.of()));
        answer = 503;
        measure(99, 40);
        alarms.turn(now);
        answer = 200;
        alarms.turn(now.plusSeconds(1));
        assertThat(hooked).isEmpty(); // not before its pause is over
        alarms.turn(now.plusSeconds(6));
        assertThat(hooked.take().getFirst()).contains("FIRING");
        answer = 503;
        measure(10, 40);
        for (var at = now; at.isBefore(now.plus(Duration.ofHours(27))); at = at.plus(Duration.ofMinutes(30))) {
            measurements.take(VEE, "load", 10, at);
            alarms.turn(at);
        }
        answer = 200;
        alarms.turn(now.plus(Duration.ofHours(30)));
        assertThat(hooked).isEmpty();
        assertThat(database.<Integer>read(sql -> sql.createQuery("SELECT count(*) FROM alarm_notice").mapTo(Integer.class).one())).isZero();
    }

    @Test
    void whoFallsSilentIsMissedAndWhoNeverSpokeIsMissedByName() {
        var alarms = alarms(Optional.empty(), Optional.empty());
        alarms.set("lost", rule(AlarmRule.Kind.ABSENT, 0, List.of()));
        var named = rule(AlarmRule.Kind.ABSENT, 0, List.of());
        alarms.set("never", new AlarmRule("other", Optional.of("vee-9"), named.kind(), Optional.empty(), named.window(), 0, Optional.empty(), Duration.ZERO, Duration.ZERO, 4, List.of(), List.of()));
        measure(1, 10);
        alarms.turn(now);
        assertThat(events()).containsExactly("FIRING vee-9");
        alarms.turn(now.plusSeconds(60));
        assertThat(events()).containsExactly("FIRING vee-9", "FIRING vee-7");
        now = now.plusSeconds(61);
        measure(1, 1);
        alarms.turn(now);
        assertThat(events()).containsExactly("FIRING vee-9", "FIRING vee-7", "QUIET vee-7");
    }

    @Test
    void aClockThatIsSetBackByAnHourNeitherHoldsUpAnAlarmNorWhoIsToldOfIt() throws Exception {
        var alarms = alarms(Optional.empty(), Optional.empty());
        var hot = rule(AlarmRule.Kind.ABOVE, 90, List.of());
        alarms.set("hot", new AlarmRule("load", Optional.empty(), hot.kind(), Optional.empty(), hot.window(), 90, Optional.empty(), Duration.ofSeconds(30), Duration.ZERO, 4, hot.webhooks(), List.of()));
        measure(99, 40);
        alarms.turn(now);
        assertThat(events()).as("it waits for its time").isEmpty();
        now = now.minus(Duration.ofHours(1));
        for (int i = 0; i < 16; i++) {
            measure(99, 5);
            alarms.turn(now);
        }
        assertThat(events()).containsExactly("FIRING vee-7");
        assertThat(hooked.take().getFirst()).contains("FIRING");
        answer = 503;
        measure(10, 40);
        alarms.turn(now);
        answer = 200;
        now = now.minus(Duration.ofHours(1));
        alarms.turn(now);
        assertThat(hooked.take().getFirst()).as("tried again at once and not in an hour").contains("QUIET");
    }

    @Test
    void whatIsSilencedIsAnEventAndNothingElse() {
        var alarms = alarms(Optional.empty(), Optional.empty());
        alarms.set("hot", rule(AlarmRule.Kind.ABOVE, 90, List.of()));
        alarms.silence("hot", Optional.of(now.plus(Duration.ofHours(1))));
        measure(99, 40);
        alarms.turn(now);
        assertThat(events()).containsExactly("FIRING vee-7");
        assertThat(hooked).isEmpty();
    }

    @Test
    void whatIsNotAsAtThisHourInPastWeeksIsAnAnomaly() {
        var alarms = alarms(Optional.of(new PastWeeks(40, 60)), Optional.empty());
        alarms.set("odd", rule(AlarmRule.Kind.ANOMALY, 1, List.of()));
        measure(65, 40); // within one spread of 20 around the mean of 50
        alarms.turn(now);
        assertThat(events()).isEmpty();
        measure(75, 40);
        alarms.turn(now);
        assertThat(events()).containsExactly("FIRING vee-7");
    }

    @Test
    void whatWasTheSameInAllPastWeeksIsNoAnomalyWhenItIsHardlyAnother() {
        var alarms = alarms(Optional.of(new PastWeeks(50, 50)), Optional.empty());
        alarms.set("odd", rule(AlarmRule.Kind.ANOMALY, 1, List.of()));
        measure(50.2, 40);
        alarms.turn(now);
        assertThat(events()).isEmpty();
        measure(52, 40);
        alarms.turn(now);
        assertThat(events()).containsExactly("FIRING vee-7");
    }

    /** Knows of every hour that it had a sample at both ends. */
    private record PastWeeks(double low, double high) implements History {
        @Override
        public Pen pen(Subject subject, List<String> names, Labels labels) {
            return Pen.NONE;
        }

        @Override
        public List<Series> series(Wanted wanted, int most) {
            return List.of();
        }

        @Override
        public List<Points> points(Wanted wanted, Span span, int most) {
            return List.of();
        }

        @Override
        public List<Buckets> buckets(Wanted wanted, Span span, Duration step, int most) {
            var series = new Series(new SeriesKey(VEE, "load"), Labels.NONE);
            return List.of(new Buckets(series, step.toMillis(), new long[] {span.from()}, new double[] {2}, new double[] {low + high}, new double[] {low}, new double[] {high}, new double[] {high}));
        }

        @Override
        public Health health() {
            return new Health(0, 0, 0, 0, 0, "");
        }

        @Override
        public void close() {
            // keeps nothing
        }
    }

    @Test
    void aMailGoesToItsReaderThroughTheSitesMailServer() throws Exception {
        try (var server = new MailSink()) {
            var alarms = alarms(Optional.empty(), Optional.of(server.settings("smtp", Optional.empty())));
            alarms.set("hot", rule(AlarmRule.Kind.ABOVE, 90, List.of("ops@example.org")));
            measure(99, 40);
            alarms.turn(now);
            var mail = server.mails.poll(60, TimeUnit.SECONDS);
            assertThat(mail).contains("RCPT TO:<ops@example.org>", "From: reservoir@example.org", "Subject: [FIRING] hot: vee-7", "hot fires for vee-7: load is 99.00.", "Auto-Submitted: auto-generated");
        }
    }

    @Test
    void whoCannotBeToldIsShownWithTheAlarmUntilHeIs() throws Exception {
        var alarms = alarms(Optional.empty(), Optional.empty());
        alarms.set("hot", rule(AlarmRule.Kind.ABOVE, 90, List.of("ops@example.org")));
        alarms.set("cold", rule(AlarmRule.Kind.BELOW, 1, List.of("ops@example.org")));
        measure(99, 40);
        alarms.turn(now);
        assertThat(alarms.list()).filteredOn(alarm -> alarm.name().equals("hot")).singleElement()
                .satisfies(alarm -> assertThat(alarm.problem()).contains("mail ops@example.org cannot be told: the site has no mail server (--mail-server)"));
        assertThat(alarms.list()).filteredOn(alarm -> alarm.name().equals("cold")).singleElement().satisfies(alarm -> assertThat(alarm.problem()).isEmpty());
        try (var server = new MailSink()) {
            alarms(Optional.empty(), Optional.of(server.settings("smtp", Optional.empty()))).turn(now.plusSeconds(10));
            assertThat(alarms.list()).allSatisfy(alarm -> assertThat(alarm.problem()).isEmpty());
        }
    }

    @Test
    void whatThereIsNotCannotBeRemovedOrSilenced() {
        var alarms = alarms(Optional.empty(), Optional.empty());
        assertThatThrownBy(() -> alarms.remove("none")).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("ALARM_UNKNOWN"));
        assertThatThrownBy(() -> alarms.silence("none", Optional.empty())).isInstanceOf(Refused.class);
        alarms.set("hot", rule(AlarmRule.Kind.ABOVE, 90, List.of()));
        alarms.remove("hot");
        assertThat(alarms.list()).isEmpty();
    }
}
