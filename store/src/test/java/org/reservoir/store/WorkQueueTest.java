package org.reservoir.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reservoir.store.testing.TestDatabase;

class WorkQueueTest {
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Set<String> BOOT = Set.of("boot");

    private final TestClock clock = new TestClock();
    private SiteDatabase database;

    @BeforeEach
    void open() {
        database = TestDatabase.fresh(clock, "db/store");
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void workIsGivenOutOldestFirst() {
        enqueueAfter(Duration.ofSeconds(2), "second");
        enqueueAfter(Duration.ofSeconds(1), "first");
        enqueueAfter(Duration.ofSeconds(3), "third");
        clock.pass(Duration.ofSeconds(10));
        assertThat(claim(2)).extracting(Claim::subject).containsExactlyInAnyOrder("first", "second");
        assertThat(claim(2)).extracting(Claim::subject).containsExactly("third");
    }

    @Test
    void workIsNotGivenOutBeforeItsTime() {
        enqueueAfter(Duration.ofSeconds(60), "later");
        assertThat(claim(10)).isEmpty();
        assertThat(database.work().nextDue(BOOT)).contains(clock.instant().plusSeconds(60));
        clock.pass(Duration.ofSeconds(60));
        assertThat(claim(10)).hasSize(1);
    }

    @Test
    void workOfOtherKindsAndOfFullLanesStaysWhereItIs() {
        database.run(tx -> {
            tx.enqueue(new NewWork("boot", "one", "host-a", "", clock.instant()));
            tx.enqueue(new NewWork("boot", "two", "host-b", "", clock.instant()));
            tx.enqueue(new NewWork("stop", "three", "host-b", "", clock.instant()));
        });
        assertThat(database.work().claim("w", BOOT, 10, LEASE, List.of("host-a"))).extracting(Claim::subject).containsExactly("two");
        assertThat(claim(10)).extracting(Claim::subject).containsExactly("one");
    }

    @Test
    void claimedWorkIsNotGivenToAnotherUntilItsLeaseEnds() {
        enqueueAfter(Duration.ZERO, "vee");
        var first = claim(1).getFirst();
        assertThat(claim(1)).isEmpty();
        clock.pass(LEASE);
        var second = claim(1).getFirst();
        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThat(second.attempts()).isEqualTo(2);
    }

    @Test
    void aWorkerThatStartsAgainHasItsOwnWorkBackAtOnceAndNobodyElses() {
        enqueueAfter(Duration.ZERO, "mine");
        var before = database.work().claim("one", BOOT, 1, LEASE, List.of()).getFirst();
        enqueueAfter(Duration.ZERO, "another's");
        database.work().claim("two", BOOT, 1, LEASE, List.of());
        assertThat(database.work().takeBack("one")).isEqualTo(1);
        assertThat(database.work().claim("one", BOOT, 10, LEASE, List.of())).extracting(Claim::subject).containsExactly("mine");
        assertThatThrownBy(() -> database.run(tx -> tx.complete(before))).as("an answer from the earlier life").isInstanceOf(LostClaim.class);
    }

    @Test
    void aWorkerThatLostItsClaimWritesNothing() {
        enqueueAfter(Duration.ZERO, "vee");
        var lost = claim(1).getFirst();
        clock.pass(LEASE);
        var held = claim(1).getFirst();
        assertThatThrownBy(() -> database.run(tx -> {
            tx.publish("vee", "vee", "booted", "{}");
            tx.complete(lost);
        })).isInstanceOf(LostClaim.class);
        assertThat(database.outbox().after(Cursor.START, Set.of(), 10)).isEmpty();
        assertThat(database.work().extend(List.of(lost, held), LEASE)).containsExactly(held.id());
        database.run(tx -> tx.complete(held));
        assertThat(database.work().atAGlance(10)).isEmpty();
    }

    @Test
    void oneLostClaimUndoesTheWholeBatch() {
        enqueueAfter(Duration.ZERO, "one");
        enqueueAfter(Duration.ZERO, "two");
        var both = claim(2);
        database.run(tx -> tx.complete(both.getFirst()));
        assertThatThrownBy(() -> database.run(tx -> tx.completeAll(both))).isInstanceOf(LostClaim.class);
        assertThat(database.work().atAGlance(10)).extracting(WorkQueue.Waiting::id).containsExactly(both.getLast().id());
    }

    @Test
    void anExtendedLeaseIsKept() {
        enqueueAfter(Duration.ZERO, "vee");
        var claims = claim(1);
        clock.pass(Duration.ofSeconds(20));
        assertThat(database.work().extend(claims, LEASE)).hasSize(1);
        clock.pass(Duration.ofSeconds(20));
        assertThat(claim(1)).isEmpty();
    }

    @Test
    void whatFailedComesAgainAtItsTimeAndShowsWhy() {
        enqueueAfter(Duration.ZERO, "vee");
        var claim = claim(1).getFirst();
        database.run(tx -> tx.retry(claim, clock.instant().plusSeconds(5), "host is away"));
        assertThat(claim(1)).isEmpty();
        assertThat(database.work().atAGlance(10)).singleElement().satisfies(waiting -> {
            assertThat(waiting.lastError()).isEqualTo("host is away");
            assertThat(waiting.attempts()).isEqualTo(1);
            assertThat(waiting.claimedBy()).isEmpty();
        });
        clock.pass(Duration.ofSeconds(5));
        assertThat(claim(1)).singleElement().extracting(Claim::attempts).isEqualTo(2);
    }

    @Test
    void waitingIsNoAttempt() {
        enqueueAfter(Duration.ZERO, "vee");
        database.run(tx -> tx.postponeAll(claim(1), clock.instant()));
        assertThat(claim(1)).singleElement().extracting(Claim::attempts).isEqualTo(1);
    }

    @Test
    void twoSiteServersShareTheWorkAndOneDiesYetEachItemTakesEffectOnce() throws Exception {
        var settings = TestDatabase.settings("db/store");
        try (var one = SiteDatabase.open(settings, List.of("db/store"), clock);
                var other = SiteDatabase.open(settings, List.of("db/store"), clock)) {
            one.run(tx -> tx.sql().execute("CREATE TABLE effect (subject text)"));
            one.run(tx -> IntStream.range(0, 500).forEach(i -> tx.enqueue(new NewWork("boot", "vee-" + i, "", "", clock.instant()))));
            var abandoned = one.work().claim("dies", BOOT, 60, LEASE, List.of());
            workUntilNothingIsLeft(one, other);
            clock.pass(LEASE);
            workUntilNothingIsLeft(one, other);
            assertThatThrownBy(() -> one.run(tx -> effect(tx, abandoned.getFirst()))).isInstanceOf(LostClaim.class);
            List<String> effects = one.read(sql -> sql.createQuery("SELECT subject FROM effect").mapTo(String.class).list());
            assertThat(effects).hasSize(500).doesNotHaveDuplicates();
        }
    }

    private static void workUntilNothingIsLeft(SiteDatabase... servers) throws Exception {
        var running = new ArrayList<Future<?>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var server : List.of(servers[0], servers[1], servers[0], servers[1])) {
                running.add(threads.submit(() -> work(server)));
            }
        }
        for (var worker : running) {
            worker.get();
        }
    }

    private static void work(SiteDatabase server) {
        for (var claims = server.work().claim("w", BOOT, 16, LEASE, List.of()); !claims.isEmpty(); claims = server.work().claim("w", BOOT, 16, LEASE, List.of())) {
            for (var claim : claims) {
                server.run(tx -> effect(tx, claim));
            }
        }
    }

    private static void effect(Transaction tx, Claim claim) {
        tx.sql().execute("INSERT INTO effect VALUES (?)", claim.subject());
        tx.complete(claim);
    }

    @Test
    void aTransactionThatMeetsADeadlockIsRunAgain() throws Exception {
        database.run(tx -> tx.sql().execute("CREATE TABLE pair (id int PRIMARY KEY, n int); INSERT INTO pair VALUES (1, 0), (2, 0)"));
        var meeting = new Meeting();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var forward = threads.submit(() -> addInOrder(1, 2, meeting));
            var backward = threads.submit(() -> addInOrder(2, 1, meeting));
            forward.get();
            backward.get();
        }
        assertThat(meeting.runs).hasValue(3);
        assertThat(database.<Integer>read(sql -> sql.createQuery("SELECT sum(n) FROM pair").mapTo(Integer.class).one())).isEqualTo(4);
    }

    private void addInOrder(int first, int second, Meeting meeting) {
        database.run(tx -> {
            int run = meeting.runs.incrementAndGet();
            if (run > 2) {
                meeting.await(meeting.oneIsThrough);
            }
            tx.sql().execute("UPDATE pair SET n = n + 1 WHERE id = ?", first);
            if (run <= 2) {
                meeting.bothHaveTheirFirst.countDown();
                meeting.await(meeting.bothHaveTheirFirst);
            }
            tx.sql().execute("UPDATE pair SET n = n + 1 WHERE id = ?", second);
        });
        meeting.oneIsThrough.countDown();
    }

    /**
     * Two that take the same two rows in opposite order. The one run again begins once the other is through: PostgreSQL does not queue for
     * a row whose holder was rolled back, so it could take its first row before the other wakes, and meet it again.
     */
    private static final class Meeting {
        final AtomicInteger runs = new AtomicInteger();
        final CountDownLatch bothHaveTheirFirst = new CountDownLatch(2);
        final CountDownLatch oneIsThrough = new CountDownLatch(1);

        void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void aReaderCannotChangeAnything() {
        assertThatThrownBy(() -> database.read(sql -> sql.execute("DELETE FROM work"))).hasMessageContaining("read-only");
    }

    @Test
    void aTenureHasOneHolderAndAnOldHolderCannotCommit() {
        var first = database.leadership().hold("placement", "server-1", LEASE).orElseThrow();
        assertThat(database.leadership().hold("placement", "server-2", LEASE)).isEmpty();
        assertThat(database.leadership().hold("placement", "server-1", LEASE)).hasValueSatisfying(again -> assertThat(again.fence()).isEqualTo(first.fence()));
        clock.pass(LEASE.plusSeconds(1));
        var second = database.leadership().hold("placement", "server-2", LEASE).orElseThrow();
        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThatThrownBy(() -> database.run(tx -> tx.fence(first))).isInstanceOf(LostTenure.class);
        database.run(tx -> tx.fence(second));
        database.leadership().release(second);
        assertThat(database.leadership().hold("placement", "server-1", LEASE)).isPresent();
    }

    private void enqueueAfter(Duration delay, String subject) {
        database.run(tx -> tx.enqueue(new NewWork("boot", subject, "", "", clock.instant().plus(delay))));
    }

    private List<Claim> claim(int max) {
        return database.work().claim("w", BOOT, max, LEASE, List.of());
    }
}
