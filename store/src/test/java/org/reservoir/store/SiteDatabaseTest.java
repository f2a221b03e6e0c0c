package org.reservoir.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.reservoir.kernel.Refused;
import org.reservoir.store.testing.TestDatabase;

class SiteDatabaseTest {
    private static final List<String> TABLES = List.of("db/store");
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-24T12:00:00Z"));
    private final InstantSource clock = now::get;

    private void pass(Duration time) {
        now.updateAndGet(instant -> instant.plus(time));
    }

    private static NewWork work(String subject, Instant at) {
        return new NewWork("job", subject, "lane", "", at);
    }

    private static List<Claim> claim(SiteDatabase database, String worker, int max) {
        return database.work().claim(worker, Set.of("job"), max, Duration.ofSeconds(30), Set.of());
    }

    @Test
    void whatWasAcknowledgedOutlivesAKilledPostgres() {
        var directory = TestDatabase.temporary();
        try (var database = SiteDatabase.open(TestDatabase.settings(directory), TABLES, clock)) {
            var acknowledged = new ArrayList<String>();
            for (int i = 0; i < 30; i++) {
                var subject = "s" + i;
                if (i == 15) {
                    ProcessHandle.of(Postmaster.read(directory.resolve("cluster")).orElseThrow().pid()).orElseThrow().destroyForcibly();
                }
                try {
                    database.run(transaction -> transaction.enqueue(work(subject, now.get())));
                    acknowledged.add(subject);
                } catch (Refused away) {
                    assertThat(away.code()).isEqualTo("DATABASE_UNAVAILABLE");
                    sleep(300);
                }
            }
            assertThat(claim(database, "a", 100)).extracting(Claim::subject).containsAll(acknowledged);
        } finally {
            TestDatabase.delete(directory);
        }
    }

    @Test
    void aSecondSiteOnTheSameDirectoryIsRefused() {
        var directory = TestDatabase.temporary();
        try (var first = SiteDatabase.open(TestDatabase.settings(directory), TABLES, clock)) {
            assertThat(first.outbox().latest()).isEqualTo(Outbox.Cursor.START);
            assertThatThrownBy(() -> SiteDatabase.open(TestDatabase.settings(directory), TABLES, clock)).isInstanceOf(Refused.class).hasMessageContaining("another site");
        } finally {
            TestDatabase.delete(directory);
        }
    }

    @Test
    void anUnreachableDatabaseIsOneClearMessage() {
        assertThatThrownBy(() -> SiteDatabase.open(DatabaseSettings.External.at("jdbc:postgresql://127.0.0.1:1/site", "anna", "secret"), TABLES, clock))
                .isInstanceOf(Refused.class).hasMessageContaining("cannot be reached").hasMessageNotContaining("secret");
    }

    @Test
    void workIsClaimedOnceUntilItsLeaseEnds() {
        try (var database = TestDatabase.open(clock, TABLES)) {
            database.run(transaction -> transaction.enqueueAll(IntStream.range(0, 10).mapToObj(n -> work("s" + n, now.get())).toList()));
            var first = claim(database, "a", 6);
            var second = claim(database, "b", 100);
            assertThat(first).hasSize(6);
            assertThat(second).hasSize(4).noneMatch(claim -> first.stream().anyMatch(other -> other.id() == claim.id()));
            pass(Duration.ofSeconds(31));
            var again = claim(database, "b", 100);
            assertThat(again).hasSize(10).allMatch(claim -> claim.attempts() == 2);
            assertThatThrownBy(() -> database.run(transaction -> transaction.complete(first.getFirst()))).isInstanceOf(LostClaim.class);
            database.run(transaction -> transaction.completeAll(again));
            pass(Duration.ofDays(1));
            assertThat(claim(database, "c", 100)).isEmpty();
        }
    }

    @Test
    void aLostClaimTakesItsWholeTransactionAlong() {
        try (var database = TestDatabase.open(clock, TABLES)) {
            database.run(transaction -> transaction.enqueue(work("a", now.get())));
            var late = claim(database, "a", 1).getFirst();
            pass(Duration.ofMinutes(1));
            claim(database, "b", 1);
            assertThatThrownBy(() -> database.run(transaction -> {
                transaction.publish(new Event("t", "a", "done", "{}"));
                transaction.complete(late);
            })).isInstanceOf(LostClaim.class);
            assertThat(database.outbox().after(Outbox.Cursor.START, Set.of(), 10)).isEmpty();
        }
    }

    @Test
    void anExtendedLeaseIsKeptAndAFullLaneIsLeftAlone() {
        try (var database = TestDatabase.open(clock, TABLES)) {
            database.run(transaction -> transaction.enqueue(work("a", now.get())));
            var claims = claim(database, "a", 1);
            pass(Duration.ofSeconds(20));
            database.work().extend(claims, Duration.ofSeconds(30));
            pass(Duration.ofSeconds(20));
            assertThat(claim(database, "b", 1)).isEmpty();
            pass(Duration.ofSeconds(20));
            assertThat(database.work().claim("b", Set.of("job"), 1, Duration.ofSeconds(30), Set.of("lane"))).isEmpty();
            assertThat(claim(database, "b", 1)).hasSize(1);
        }
    }

    @Test
    void aReaderNeverPassesAnEventThatIsCommittedLate() throws Exception {
        try (var database = TestDatabase.open(clock, TABLES)) {
            var written = new CountDownLatch(1);
            var commit = new CountDownLatch(1);
            var slow = Thread.startVirtualThread(() -> database.run(transaction -> {
                transaction.publish(new Event("t", "slow", "x", "{}"));
                written.countDown();
                await(commit);
            }));
            await(written);
            database.run(transaction -> transaction.publish(new Event("t", "fast", "x", "{}")));
            assertThat(database.outbox().after(Outbox.Cursor.START, Set.of(), 10)).isEmpty();
            commit.countDown();
            slow.join();
            assertThat(database.outbox().after(Outbox.Cursor.START, Set.of("t"), 10)).extracting(told -> told.event().subject()).containsExactly("slow", "fast");
        }
    }

    @Test
    void whatIsConsumedHasItsEffectOnce() {
        try (var database = TestDatabase.open(clock, TABLES)) {
            database.run(transaction -> transaction.publish(List.of(new Event("t", "a", "x", "{}"), new Event("t", "b", "x", "{}"))));
            assertThatThrownBy(() -> database.outbox().consume("meter", Set.of("t"), 10, (_, _) -> {
                throw new IllegalStateException("crash");
            })).hasMessage("crash");
            var seen = new ArrayList<String>();
            assertThat(database.outbox().consume("meter", Set.of("t"), 10, (_, told) -> told.forEach(it -> seen.add(it.event().subject())))).isEqualTo(2);
            assertThat(database.outbox().consume("meter", Set.of("t"), 10, (_, told) -> told.forEach(it -> seen.add(it.event().subject())))).isZero();
            assertThat(seen).containsExactly("a", "b");
        }
    }

    @Test
    void aCursorThatIsNoneIsRefused() {
        assertThatThrownBy(() -> Outbox.Cursor.parse("1;drop")).isInstanceOf(Refused.class);
        assertThat(Outbox.Cursor.parse("12.7")).isEqualTo(new Outbox.Cursor("12", 7));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void sleep(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
