package org.reservoir.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reservoir.kernel.UserId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;

class RepeatsTest {
    private static final ByteBuffer ASKED = ByteBuffer.wrap(new byte[] {1, 2});
    private static final Repeats.Answer MADE = new Repeats.Answer(201, Map.of("Location", "/vees/vee-1"), Optional.of("{\"id\":\"vee-1\"}"));
    private static SiteDatabase database;
    private static UserId user;

    private Instant now = Instant.parse("2026-11-27T12:00:00Z");
    private final InstantSource clock = () -> now;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh("db/store", StoredDirectory.MIGRATIONS);
        var directory = new StoredDirectory(database);
        var group = directory.addGroup("users").id();
        user = directory.addUser("ann", group, Set.of(group), false, Instant.EPOCH).id();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSecondIsToldWhatTheFirstWasAnswered(boolean stored) {
        var repeats = repeats(stored);
        assertThat(repeats.begin(user, "k1", ASKED)).isEmpty();
        assertThat(repeats.begin(user, "k1", ASKED)).get().satisfies(kept -> {
            assertThat(kept.answer()).isEmpty();
            assertThat(kept.begun()).isEqualTo(now);
        });
        repeats.answered(user, "k1", MADE);
        assertThat(repeats(stored, repeats).begin(user, "k1", ASKED)).get().isEqualTo(new Repeats.Kept(ASKED, now, Optional.of(MADE)));
        assertThat(repeats.begin(user, "k2", ASKED)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatCameToNothingMayBeTriedAgain(boolean stored) {
        var repeats = repeats(stored);
        repeats.begin(user, "k3", ASKED);
        repeats.forget(user, "k3");
        assertThat(repeats.begin(user, "k3", ASKED)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aKeyIsFreeAgainAfterItsLife(boolean stored) {
        var repeats = repeats(stored);
        repeats.begin(user, "k4", ASKED);
        repeats.answered(user, "k4", MADE);
        now = now.plus(Repeats.LIFE).plus(Duration.ofSeconds(1));
        assertThat(repeats.begin(user, "k4", ASKED)).isEmpty();
        assertThat(repeats.begin(user, "k4", ASKED)).get().satisfies(kept -> assertThat(kept.answer()).isEmpty());
    }

    @Test
    void whoseTimeIsOverIsClearedAway() {
        repeats(true).begin(user, "old", ASKED);
        now = now.plus(Repeats.LIFE).plus(Duration.ofSeconds(1));
        repeats(true).begin(user, "new", ASKED);
        assertThat(database.<Integer>read(sql -> sql.createQuery("SELECT count(*) FROM access_repeat WHERE key = 'old'").mapTo(Integer.class).one())).isZero();
    }

    private Repeats repeats(boolean stored) {
        return stored ? new StoredRepeats(database, clock) : new RepeatsInMemory(clock);
    }

    /** As another server of the same site sees them. */
    private Repeats repeats(boolean stored, Repeats same) {
        return stored ? repeats(true) : same;
    }
}
