package org.reservoir.access;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;

import org.reservoir.interfaces.Wire;
import org.reservoir.kernel.UserId;
import org.reservoir.store.SiteDatabase;

/** In the site database; now and then, those whose time is over are cleared away. */
public final class StoredRepeats implements Repeats {
    private static final int BETWEEN_CLEARINGS = 64;
    private static final int CLEARED_AT_ONCE = 1_000;

    private final SiteDatabase database;
    private final InstantSource clock;
    private final AtomicInteger begun = new AtomicInteger();

    public StoredRepeats(SiteDatabase database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public Optional<Kept> begin(UserId user, String key, ByteBuffer request) {
        if (begun.getAndIncrement() % BETWEEN_CLEARINGS == 0) {
            clear();
        }
        var mine = database.transact(tx -> tx.sql().createQuery("""
                INSERT INTO access_repeat (user_id, key, request, begun) VALUES (:user, :key, :request, :now)
                ON CONFLICT (user_id, key) DO UPDATE SET request = excluded.request, begun = excluded.begun, status = NULL, headers = NULL, body = NULL
                    WHERE access_repeat.begun < :over
                RETURNING true""").bind("user", user.value()).bind("key", key).bind("request", bytes(request)).bind("now", utc(clock.instant()))
                .bind("over", utc(clock.instant().minus(LIFE))).mapTo(Boolean.class).findOne());
        return mine.isPresent() ? Optional.empty() : Optional.of(kept(user, key).orElseGet(() -> new Kept(request, clock.instant(), Optional.empty())));
    }

    /** Empty when the first one has just come to nothing. */
    private Optional<Kept> kept(UserId user, String key) {
        return database.read(sql -> sql.createQuery("SELECT request, begun, status, headers, body FROM access_repeat WHERE user_id = :user AND key = :key")
                .bind("user", user.value()).bind("key", key).map((row, _) -> kept(row)).findOne());
    }

    private static Kept kept(ResultSet row) throws SQLException {
        var status = row.getInt("status");
        var answer = status == 0 ? Optional.<Answer>empty() : Optional.of(new Answer(status, headers(row.getString("headers")), Optional.ofNullable(row.getString("body"))));
        return new Kept(ByteBuffer.wrap(row.getBytes("request")), row.getObject("begun", OffsetDateTime.class).toInstant(), answer);
    }

    private static Map<String, String> headers(String json) {
        var headers = new TreeMap<String, String>();
        Wire.read(json, JsonNode.class).properties().forEach(field -> headers.put(field.getKey(), field.getValue().asText()));
        return headers;
    }

    @Override
    public void answered(UserId user, String key, Answer answer) {
        database.run(tx -> tx.sql().createUpdate("UPDATE access_repeat SET status = :status, headers = :headers, body = :body WHERE user_id = :user AND key = :key")
                .bind("status", answer.status()).bind("headers", Wire.write(answer.headers())).bind("body", answer.body().orElse(null))
                .bind("user", user.value()).bind("key", key).execute());
    }

    @Override
    public void forget(UserId user, String key) {
        database.run(tx -> tx.sql().createUpdate("DELETE FROM access_repeat WHERE user_id = :user AND key = :key")
                .bind("user", user.value()).bind("key", key).execute());
    }

    private void clear() {
        database.run(tx -> tx.sql().createUpdate("""
                DELETE FROM access_repeat WHERE ctid = ANY (ARRAY(SELECT ctid FROM access_repeat WHERE begun < :over LIMIT :most FOR UPDATE SKIP LOCKED))""")
                .bind("over", utc(clock.instant().minus(LIFE))).bind("most", CLEARED_AT_ONCE).execute());
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static OffsetDateTime utc(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }
}
