package org.reservoir.alarms;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.reservoir.interfaces.Wire;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings notices to webhooks and by mail: again and again with growing pauses, for a day, then they are given up, which the log tells. A notice may
 * come twice when a server dies after it was taken and before that was noted.
 */
final class Courier {
    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);
    private static final Duration PERSISTENCE = Duration.ofDays(1);
    private static final int LONGEST_PAUSE = 3_600;
    private static final int MOST_DOUBLINGS = 10;
    /** Those that are due, and those that are due later than their pause allows: the clock was set back. */
    private static final String DUE = """
            SELECT id, means, target, secret, body, tries, gives_up FROM alarm_notice
            WHERE due <= :now OR tries = 0 OR due > cast(:now AS timestamptz) + make_interval(secs => least(%d, 5 * 2 ^ least(tries - 1, %d)))
            ORDER BY due, id LIMIT 20""".formatted(LONGEST_PAUSE, MOST_DOUBLINGS);

    private final SiteDatabase database;
    private final Post post;

    private record Due(long id, String means, String target, String secret, String body, int tries, Instant givesUp) {}

    Courier(SiteDatabase database, Post post) {
        this.database = database;
        this.post = post;
    }

    static void enqueue(Transaction tx, String means, String target, String secret, String body, Instant now) {
        tx.sql().createUpdate("INSERT INTO alarm_notice (means, target, secret, body, due, gives_up) VALUES (:means, :target, :secret, :body, :due, :end)")
                .bind("means", means).bind("target", target).bind("secret", secret).bind("body", body).bind("due", AlarmTable.time(now)).bind("end", AlarmTable.time(now.plus(PERSISTENCE))).execute();
    }

    void turn(Instant now) {
        var due = database.read(sql -> sql.createQuery(DUE).bind("now", AlarmTable.time(now)).map((rs, _) -> new Due(rs.getLong(1), rs.getString(2), rs.getString(3), rs.getString(4), rs.getString(5), rs.getInt(6),
                        rs.getObject(7, java.time.OffsetDateTime.class).toInstant())).list());
        for (var notice : due) {
            try {
                bring(notice, now);
                done(notice);
            } catch (IOException e) {
                later(notice, now, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void bring(Due notice, Instant now) throws IOException, InterruptedException {
        if (notice.means().equals("webhook")) {
            post.webhook(notice.target(), notice.body(), notice.secret().isEmpty() ? "" : signature(notice.secret(), now, notice.body()));
        } else {
            var told = Wire.read(notice.body(), Alarms.Notice.class);
            post.mail(notice.target(), "[%s] %s: %s".formatted(told.event(), told.alarm(), told.subject()), told.text() + "\n\n" + told.at() + "\n");
        }
    }

    /** {@code t=SECONDS,v1=HEX}: HMAC-SHA256 by the secret of {@code SECONDS.BODY}. The time lets who is told refuse what somebody sends again. */
    static String signature(String secret, Instant now, String body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            var signed = now.getEpochSecond() + "." + body;
            return "t=%d,v1=%s".formatted(now.getEpochSecond(), HexFormat.of().formatHex(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA256 is part of every JDK", e);
        }
    }

    private void done(Due notice) {
        database.run(tx -> tx.sql().createUpdate("DELETE FROM alarm_notice WHERE id = :id").bind("id", notice.id()).execute());
    }

    private void later(Due notice, Instant now, IOException why) {
        if (!now.isBefore(notice.givesUp())) {
            LOG.warn("{} {} could not be told for a day, and is not any more: {}", notice.means(), notice.target(), why.toString());
            done(notice);
            return;
        }
        if (notice.tries() == 0) { // not each time: it goes on for a day
            LOG.warn("{} {} could not be told, and is tried again for a day: {}", notice.means(), notice.target(), why.getMessage());
        }
        var pause = Duration.ofSeconds(Math.min(LONGEST_PAUSE, 5L << Math.min(notice.tries(), MOST_DOUBLINGS)));
        database.run(tx -> tx.sql().createUpdate("UPDATE alarm_notice SET tries = tries + 1, due = :due, error = :error WHERE id = :id")
                .bind("due", AlarmTable.time(now.plus(pause))).bind("error", String.valueOf(why.getMessage())).bind("id", notice.id()).execute());
    }
}
