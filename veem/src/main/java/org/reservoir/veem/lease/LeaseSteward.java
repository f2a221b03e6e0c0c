package org.reservoir.veem.lease;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.lease.LeaseBook;
import org.reservoir.placement.lease.LeaseEvent;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.reservoir.veem.kept.Change;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.LeaseJson;
import org.reservoir.veem.kept.LeaseNode;
import org.reservoir.veem.kept.LeaseTable;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;
import org.reservoir.veem.work.Scheduler;
import org.reservoir.veem.work.VeeDesk;

/**
 * Carries leases of VEEs through time. A turn has two halves: when something is due or has happened, the book of leases is stepped and what each VEE is to be is written
 * down with it; then every VEE is brought nearer to that. A server that dies between the two, or in the midst of either, leaves all that is needed to go on; any
 * server may take a turn, and the lock of placement lets one decide at a time.
 */
public final class LeaseSteward {
    /** A VEE whose last job failed is not bothered again before. */
    private static final Duration REST = Duration.ofSeconds(10);

    private final SiteDatabase database;
    private final LeaseBooks books;
    private final VeeDesk vees;
    private final InstantSource clock;

    public LeaseSteward(SiteDatabase database, LeaseBooks books, VeeDesk vees, InstantSource clock) {
        this.database = database;
        this.books = books;
        this.vees = vees;
        this.clock = clock;
    }

    /** What there is to look at. */
    private record Look(Optional<LeaseBook> book, LeaseNews news, boolean changed, List<LeaseNode> nodes, Map<VeeId, VeeRecord> vees) {
        /** Whether time has brought something: the book is brought to the present before it is told any news. */
        boolean isDue(Instant now) {
            return book.orElseThrow().due().orElse(Long.MAX_VALUE) <= now.getEpochSecond();
        }

        /** Whether the book is to be stepped now. */
        boolean calls(Instant now) {
            return book.isPresent() && (changed || !news.isEmpty() || isDue(now));
        }
    }

    /** Does what is due now; tells how many steps that were. */
    public int turn() {
        if (!database.read(LeaseTable::anyOpen)) {
            return 0;
        }
        var now = clock.instant();
        int steps = 0;
        var look = database.read(sql -> look(sql, now));
        for (; look.calls(now); steps++) {
            database.transact(transaction -> step(transaction, now)).forEach(vees::settle);
            look = database.read(sql -> look(sql, now));
        }
        for (var node : look.nodes()) {
            var vee = node.vee().map(look.vees()::get);
            if (!(node.next(vee) instanceof LeaseNode.Step.Wait) && !rests(vee, now)) {
                steps += follow(node, now) ? 1 : 0;
            }
        }
        return steps;
    }

    private Look look(Handle sql, Instant now) {
        var nodes = LeaseTable.unsettled(sql);
        var records = VeeTable.find(sql, nodes.stream().flatMap(node -> node.vee().stream()).toList());
        var book = books.open(sql, now);
        var before = LeaseTable.book(sql).map(LeaseJson.Kept::site);
        var news = book.map(it -> LeaseNews.of(it, before.orElse(it.site()), nodes, records, HostTable.all(sql), books.terms().site().patience(), now)).orElse(LeaseNews.NONE);
        var changed = !before.equals(book.map(LeaseBook::site));
        return new Look(book, news, changed, nodes, records);
    }

    private List<Change> step(Transaction transaction, Instant now) {
        Scheduler.alone(transaction.sql());
        var look = look(transaction.sql(), now);
        if (!look.calls(now)) {
            return List.of();
        }
        var events = look.isDue(now) || look.news().isEmpty() ? List.<LeaseEvent>of(new LeaseEvent.Tick()) : look.news().first();
        return books.step(transaction, look.book().orElseThrow(), events, look.news().failed(), now).changes();
    }

    private static boolean rests(Optional<VeeRecord> vee, Instant now) {
        return vee.filter(it -> it.problem().isPresent() && it.changed().plus(REST).isAfter(now)).isPresent();
    }

    /** @return whether it was done; if not, why not is noted with the node, and it is tried again */
    private boolean follow(LeaseNode node, Instant now) {
        try {
            database.transact(transaction -> follow(transaction, node, now)).ifPresent(vees::settle);
            return true;
        } catch (Refused refused) {
            var problem = Optional.of(refused.getMessage());
            if (!node.problem().equals(problem)) {
                database.run(transaction -> LeaseTable.problem(transaction.sql(), node, problem));
            }
            return false;
        }
    }

    private Optional<Change> follow(Transaction transaction, LeaseNode seen, Instant now) {
        var sql = transaction.sql();
        Scheduler.alone(sql);
        var node = LeaseTable.nodes(sql, seen.lease()).get(seen.number() - 1);
        var lease = LeaseTable.find(sql, node.lease()).orElseThrow();
        var vee = node.vee().flatMap(id -> VeeTable.lock(sql, id));
        if (node.problem().isPresent()) {
            LeaseTable.problem(sql, node, Optional.empty());
        }
        return switch (node.next(vee)) {
            case LeaseNode.Step.Wait _ -> Optional.empty();
            case LeaseNode.Step.Act(var action) -> Optional.of(vees.order(transaction, LeaseBooks.agent(lease), vee.orElseThrow().id(), action));
            case LeaseNode.Step.Make _ -> {
                var spec = LeaseDesk.held(lease.wish().vees().get(node.number() - 1), lease.id());
                var made = vees.create(transaction, lease.owner(), List.of(spec), vees.resolve(lease.owner(), List.of(spec)));
                LeaseTable.put(sql, node.with(Optional.of(made.getFirst().id())));
                yield Optional.empty();
            }
        };
    }
}
