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
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.store.testing.TestDatabase;

class OutboxTest {
    private static final Set<String> ALL = Set.of();

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
    void anEventThatIsCommittedLateIsNotSkipped() throws Exception {
        var numbered = new CountDownLatch(1);
        var mayCommit = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var late = threads.submit(() -> database.run(tx -> {
                tx.publish("vee", "early", "begun first, committed last", "{}");
                tx.flush();
                numbered.countDown();
                await(mayCommit);
            }));
            numbered.await();
            tell("vee", "late");
            assertThat(database.outbox().after(Cursor.START, ALL, 10)).as("nothing is final while the first still runs").isEmpty();
            mayCommit.countDown();
            late.get();
        }
        assertThat(database.outbox().after(Cursor.START, ALL, 10)).extracting(Event::subject).containsExactly("early", "late");
    }

    @Test
    void aReaderOfOneTopicComesToRestThoughTheNewestEventIsOfAnother() throws Exception {
        tell("vee", "mine");
        tell("host", "another's");
        var told = database.outbox().read(Cursor.START, Set.of("vee"), 10);
        assertThat(told.events()).extracting(Event::subject).containsExactly("mine");
        assertThat(database.outbox().awaitNews(told.reached(), Duration.ofMillis(50))).as("there is nothing after the place that was reached").isFalse();
        tell("vee", "next");
        assertThat(database.outbox().read(told.reached(), Set.of("vee"), 10).events()).extracting(Event::subject).containsExactly("next");
    }

    @Test
    void readersWhoFollowSeeEveryEventOnceWhateverTheOrderOfCommits() {
        Seeded.forAll(3, seed -> {
            var start = database.outbox().latest();
            var random = Seeded.random(seed);
            var pauses = IntStream.range(0, 120).map(i -> random.nextInt(4)).toArray();
            var read = new ArrayList<Event>();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var writers = new ArrayList<Future<?>>();
                for (int i = 0; i < pauses.length; i++) {
                    int number = i;
                    writers.add(threads.submit(() -> database.run(tx -> {
                        tx.publish("vee", "e" + number, "told", "{}");
                        tx.flush();
                        sleep(pauses[number]);
                    })));
                }
                var cursor = start;
                while (read.size() < pauses.length) {
                    assertThat(database.outbox().awaitNews(cursor, Duration.ofSeconds(20))).isTrue();
                    var events = database.outbox().after(cursor, ALL, 7);
                    read.addAll(events);
                    cursor = events.isEmpty() ? cursor : events.getLast().cursor();
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            assertThat(read).extracting(Event::subject).doesNotHaveDuplicates().hasSize(pauses.length);
            assertThat(read).extracting(Event::cursor).isSorted();
        });
    }

    @Test
    void aReaderMayChooseTopics() {
        tell("vee", "one");
        tell("image", "two");
        assertThat(database.outbox().after(Cursor.START, Set.of("image"), 10)).extracting(Event::subject).containsExactly("two");
    }

    @Test
    void theLatestPlaceIsAfterAllAndBeforeWhatComes() {
        tell("vee", "old");
        var latest = database.outbox().latest();
        tell("vee", "new");
        assertThat(database.outbox().after(latest, ALL, 10)).extracting(Event::subject).containsExactly("new");
        assertThat(Cursor.parse(latest.toString())).isEqualTo(latest);
    }

    @Test
    void eventsOfOneTransactionKeepTheirOrder() {
        database.run(tx -> IntStream.range(0, 50).forEach(i -> tx.publish("vee", "e" + i, "told", "{}")));
        assertThat(database.outbox().after(Cursor.START, ALL, 100)).extracting(Event::subject).containsExactlyElementsOf(IntStream.range(0, 50).mapToObj(i -> "e" + i).toList());
    }

    @Test
    void whoWaitsIsWokenByAnotherServersEventToo() throws Exception {
        var settings = TestDatabase.settings("db/store");
        try (var one = SiteDatabase.open(settings, List.of("db/store"), clock); var other = SiteDatabase.open(settings, List.of("db/store"), clock);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var latest = one.outbox().latest();
            var waiting = threads.submit(() -> one.outbox().awaitNews(latest, Duration.ofSeconds(20)));
            other.run(tx -> tx.publish("vee", "vee", "told", "{}"));
            assertThat(waiting.get()).isTrue();
            assertThat(one.outbox().awaitNews(one.outbox().latest(), Duration.ofMillis(20))).isFalse();
        }
    }

    @Test
    void aNamedReaderTakesEachEventIntoEffectOnceEvenWhenItFailsBetween() {
        database.run(tx -> tx.sql().execute("CREATE TABLE bill (subject text)"));
        database.run(tx -> IntStream.range(0, 10).forEach(i -> tx.publish("vee", "e" + i, "told", "{}")));
        assertThatThrownBy(() -> database.outbox().consume("accounting", ALL, 4, (tx, events) -> {
            bill(tx, events);
            throw new IllegalArgumentException("power cut");
        })).isInstanceOf(IllegalArgumentException.class);
        while (database.outbox().consume("accounting", ALL, 4, OutboxTest::bill) > 0) {}
        List<String> bills = database.read(sql -> sql.createQuery("SELECT subject FROM bill").mapTo(String.class).list());
        assertThat(bills).containsExactlyElementsOf(IntStream.range(0, 10).mapToObj(i -> "e" + i).toList());
    }

    private static void bill(Transaction tx, List<Event> events) {
        events.forEach(event -> tx.sql().execute("INSERT INTO bill VALUES (?)", event.subject()));
    }

    @Test
    void oldEventsAreTrimmedButNotBeforeANamedReaderHasReadThem() {
        tell("vee", "one");
        database.outbox().consume("accounting", ALL, 10, (tx, events) -> {});
        tell("vee", "two");
        clock.pass(Duration.ofDays(10));
        assertThat(database.outbox().trim(Duration.ofDays(1), 1000, 100)).as("the reader's own place stays").isZero();
        database.outbox().consume("accounting", ALL, 10, (tx, events) -> {});
        tell("vee", "three");
        assertThat(database.outbox().trim(Duration.ofDays(1), 1000, 100)).isEqualTo(1);
        assertThat(database.outbox().trim(Duration.ofDays(100), 1, 100)).isEqualTo(1);
        assertThat(database.outbox().after(Cursor.START, ALL, 10)).extracting(Event::subject).containsExactly("three");
    }

    @Test
    void whoWasAwayForTooLongIsToldSo() {
        tell("vee", "one");
        var away = database.outbox().after(Cursor.START, ALL, 10).getFirst().cursor();
        tell("vee", "two");
        tell("vee", "three");
        database.outbox().trim(Duration.ofDays(100), 1, 100);
        assertThatThrownBy(() -> database.outbox().after(away, ALL, 10)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("EVENTS_TRIMMED"));
    }

    private void tell(String topic, String subject) {
        database.run(tx -> tx.publish(topic, subject, "told", "{}"));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
