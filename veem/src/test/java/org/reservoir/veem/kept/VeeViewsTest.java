package org.reservoir.veem.kept;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veem.Veem;

/** What is kept of VEEs and lists is what the site database holds, whoever changed it: here others do all the changing. */
class VeeViewsTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final Ownership OWNER = Ownership.privateTo(new Caller(new UserId(1), "admin", new GroupId(1), Set.of(), true));
    private static final String LIVING = "id > ? and state <> 'TERMINATED'";
    private static final List<Object> FROM_THE_FIRST = List.of(0L);
    private static final int ALL = 1_000;

    private final SiteDatabase database = TestDatabase.fresh("db/store", Veem.MIGRATIONS);
    private final VeeViews views = new VeeViews(database);
    private int made;

    @AfterEach
    void close() {
        database.close();
    }

    private List<VeeId> make(int count) {
        return database.transact(transaction -> {
            var records = VeeTable.newIds(transaction.sql(), count).stream().map(this::record).toList();
            VeeTable.insert(transaction, records, "somebody");
            return records.stream().map(VeeRecord::id).toList();
        });
    }

    private VeeRecord record(VeeId id) {
        var spec = VeeSpec.of("v" + made++, 1, DataSize.mebibytes(64));
        return new VeeRecord(id, OWNER, VeeState.HELD, 1, Optional.empty(), Optional.empty(), false, false, spec, Parts.NONE, Optional.empty(), Optional.empty(), NOW, NOW);
    }

    private void change(VeeId vee, UnaryOperator<VeeRecord> how) {
        database.run(transaction -> change(transaction, vee, how));
    }

    private static void change(Transaction transaction, VeeId vee, UnaryOperator<VeeRecord> how) {
        var before = VeeTable.lock(transaction.sql(), vee).orElseThrow();
        VeeTable.write(transaction, List.of(new Change(before, how.apply(before), "changed", "somebody")), NOW);
    }

    private static UnaryOperator<VeeRecord> saying(String problem) {
        return record -> record.saying(Optional.of(problem));
    }

    private static VeeRecord terminated(VeeRecord record) {
        return record.step(VeeState.TERMINATED, Optional.empty(), NOW);
    }

    private List<Vee> listed() {
        return views.list(LIVING, ALL, FROM_THE_FIRST);
    }

    @Test
    void aListOfWhichNothingHasChangedIsTheSameOneThoughOthersChange() {
        make(VeeViews.LONG);
        var gone = make(1).getFirst();
        change(gone, VeeViewsTest::terminated);
        var first = listed();
        assertThat(first).hasSize(VeeViews.LONG);
        assertThat(listed()).isSameAs(first);
        change(gone, saying("I was a VEE"));
        assertThat(listed()).isEqualTo(first);
    }

    @Test
    void whatHasChangedIsReadAndTheRestIsWhatItWas() {
        var vees = make(VeeViews.LONG);
        var first = listed();
        change(vees.get(3), saying("a broken leg"));
        change(vees.get(7), VeeViewsTest::terminated);
        var added = make(1).getFirst();
        var then = listed();
        assertThat(then).extracting(Vee::id).containsExactlyElementsOf(Stream.concat(vees.stream().filter(id -> !id.equals(vees.get(7))), Stream.of(added)).toList());
        assertThat(then.get(3).problem()).contains("a broken leg");
        assertThat(then.get(4)).isSameAs(first.get(4));
        assertThat(views.one(vees.get(3))).containsSame(then.get(3));
        assertThat(views.one(vees.get(7)).orElseThrow().state()).isEqualTo(VeeState.TERMINATED);
    }

    @Test
    void whatWasBegunBeforeALookAndCommittedAfterItIsSeenAtTheNext() {
        var vees = make(VeeViews.LONG);
        listed();
        database.run(slow -> {
            change(slow, vees.get(1), saying("begun early"));
            change(vees.get(2), saying("begun late"));
            assertThat(listed()).extracting(Vee::problem).startsWith(Optional.empty(), Optional.empty(), Optional.of("begun late"));
            assertThat(views.one(vees.get(1)).orElseThrow().problem()).isEmpty();
        });
        assertThat(views.one(vees.get(1)).orElseThrow().problem()).contains("begun early");
        assertThat(listed()).extracting(Vee::problem).startsWith(Optional.empty(), Optional.of("begun early"), Optional.of("begun late"));
    }

    @Test
    void whatIsRolledBackIsNeverSeen() {
        var vees = make(VeeViews.LONG);
        var first = listed();
        database.run(given -> {
            change(given, vees.get(1), saying("a dream"));
            listed();
            given.sql().rollback();
            given.sql().begin();
        });
        assertThat(listed()).isEqualTo(first);
    }

    @Test
    void aVeeThatIsNotThereMayComeLater() {
        assertThat(listed()).isEmpty();
        assertThat(views.one(new VeeId(1))).isEmpty();
        var last = make(1).getFirst();
        var next = new VeeId(last.value() + 1);
        assertThat(views.one(next)).isEmpty();
        assertThat(make(1)).containsExactly(next);
        assertThat(views.one(next)).isPresent();
    }

    @Test
    void keptOrReadAnewAListIsTheSameWhateverWasDoneBetween() {
        Seeded.forAll(40, seed -> {
            var random = Seeded.random(seed);
            var kept = new VeeViews(database, random.nextInt(1, 30));
            var vees = new ArrayList<>(make(random.nextInt(VeeViews.LONG, 3 * VeeViews.LONG)));
            var first = vees.getFirst().value() - 1;
            for (int i = 0; i < 12; i++) {
                for (int changes = random.nextInt(12); changes > 0; changes--) {
                    disturb(random, vees);
                }
                var condition = random.nextBoolean() ? LIVING : LIVING + " and problem is null";
                var most = random.nextBoolean() ? ALL : VeeViews.LONG + random.nextInt(3);
                assertThat(kept.list(condition, most, List.of(first))).isEqualTo(new VeeViews(database).list(condition, most, List.of(first)));
                var any = vees.get(random.nextInt(vees.size()));
                assertThat(kept.one(any)).isEqualTo(new VeeViews(database).one(any));
            }
        });
    }

    private void disturb(RandomGenerator random, List<VeeId> vees) {
        var any = vees.get(random.nextInt(vees.size()));
        switch (random.nextInt(5)) {
            case 0 -> vees.addAll(make(1));
            case 1 -> change(any, VeeViewsTest::terminated);
            case 2 -> change(any, record -> record.saying(Optional.empty()));
            default -> change(any, saying("problem " + random.nextInt(100)));
        }
    }
}
