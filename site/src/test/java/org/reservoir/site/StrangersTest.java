package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

/** Who knocks is told, and cannot fill the log by knocking. */
class StrangersTest {
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Instant now = Instant.parse("2026-11-28T10:00:00Z");
    private final Strangers strangers = new Strangers(() -> now);

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void end() {
        logger().detachAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(Strangers.class);
    }

    private void knock(int host, String why, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            strangers.refused(InetAddress.getByAddress(new byte[] {10, 0, (byte) (host >>> 8), (byte) host}), why);
        }
    }

    @Test
    void oneThatComesAgainAndAgainIsToldNowAndThenWithHowOftenItCame() throws Exception {
        knock(7, "nobody has its key", 100);
        knock(7, "no TLS", 1);
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly("a connection of 10.0.0.7 was refused where agents and peers are heard: nobody has its key",
                "a connection of 10.0.0.7 was refused where agents and peers are heard: no TLS");
        now = now.plus(Duration.ofMinutes(11));
        knock(7, "nobody has its key", 1);
        assertThat(log.list.getLast().getFormattedMessage()).endsWith("nobody has its key; 99 more since the last of its was told");
        assertThat(strangers.facts()).containsEntry("refused.connections", "102").containsEntry("refused.last", "10.0.0.7 at 2026-11-28T10:11:00Z: nobody has its key");
    }

    @Test
    void ofVeryManySomeAreToldAMinuteAndAllAreCounted() throws Exception {
        for (int host = 0; host < 5_000; host++) {
            knock(host, "nobody has its key", 1);
        }
        assertThat(log.list).hasSize(10);
        now = now.plus(Duration.ofSeconds(61));
        knock(9, "nobody has its key", 1);
        assertThat(log.list).hasSize(11);
        assertThat(strangers.facts()).containsEntry("refused.connections", "5001");
    }
}
