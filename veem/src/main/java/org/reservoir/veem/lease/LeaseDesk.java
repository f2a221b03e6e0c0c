package org.reservoir.veem.lease;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Lease;
import org.reservoir.interfaces.vmi.LeasePolicy;
import org.reservoir.interfaces.vmi.LeaseWish;
import org.reservoir.interfaces.vmi.Leases;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.LeaseId;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.lease.LeaseBook;
import org.reservoir.placement.lease.LeaseEvent;
import org.reservoir.placement.lease.LeaseRequest;
import org.reservoir.placement.lease.LeaseState;
import org.reservoir.placement.lease.Quantity;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.LeaseNode;
import org.reservoir.veem.kept.LeasePolicyTable;
import org.reservoir.veem.kept.LeaseTable;
import org.reservoir.veem.kept.Listings;
import org.reservoir.veem.kept.Parts;
import org.reservoir.veem.review.PlacementDesk;
import org.reservoir.veem.work.Scheduler;
import org.reservoir.veem.work.VeeDesk;

/** Takes wishes about leases of VEEs. */
public final class LeaseDesk implements Leases {
    /** The tag by which the VEEs of a lease are found. */
    static final String TAG = "lease";

    private final SiteDatabase database;
    private final LeaseBooks books;
    private final VeeDesk vees;
    private final InstantSource clock;
    private final Runnable wake;

    /** @param wake called when there may be something to do for the steward */
    public LeaseDesk(SiteDatabase database, LeaseBooks books, VeeDesk vees, InstantSource clock, Runnable wake) {
        this.database = database;
        this.books = books;
        this.vees = vees;
        this.clock = clock;
        this.wake = wake;
    }

    // ---- asking

    @Override
    public Lease request(Caller caller, LeaseWish wish) {
        VeeDesk.requireDistinct(wish.vees());
        wish.vees().forEach(spec -> requirePlaceless(wish, spec));
        var disks = vees.resolve(caller, wish.vees());
        var id = database.transact(transaction -> take(transaction, caller, wish, disks));
        wake.run();
        return lease(caller, id);
    }

    private static void requirePlaceless(LeaseWish wish, VeeSpec spec) {
        if (!spec.placement().equals(VeeSpec.Wish.ANYWHERE) || spec.notBefore().isPresent()) {
            throw Refused.invalid("BAD_LEASE", "Lease %s: %s says where or when it wants to run.".formatted(wish.name(), spec.name()),
                    "In a lease, the lease decides that: leave it out%s.".formatted(spec.placement().licences().isEmpty() ? "" : ", and licences too, of which no seats can be reserved"));
        }
    }

    private LeaseId take(Transaction transaction, Caller caller, LeaseWish wish, List<List<Parts.DiskPart>> disks) {
        Scheduler.alone(transaction.sql());
        var now = clock.instant();
        var book = books.open(transaction.sql(), now).orElseThrow(() -> Refused.exhausted("LEASE_NO_ROOM", "The site has no hosts.", "Add one first."));
        var id = LeaseTable.insert(transaction.sql(), caller, wish, now);
        var request = request(caller, id, LeaseBooks.time(book, now), wish, disks);
        var made = vees.create(transaction, caller, wish.vees().stream().map(spec -> held(spec, id)).toList(), disks);
        for (int i = 0; i < made.size(); i++) {
            LeaseTable.put(transaction.sql(), new LeaseNode(id, i + 1, Optional.of(made.get(i).id()), LeaseNode.Wanted.HELD, Optional.empty(), now, Optional.empty()));
        }
        books.step(transaction, book, List.of(new LeaseEvent.Requested(List.of(request))), Map.of(), now).ended().stream()
                .filter(ended -> ended.result().request().id() == id.value()).findFirst().ifPresent(ended -> {
                    throw noRoom(wish, ended);
                });
        return id;
    }

    /** A spec of a VEE that waits for its lease. */
    static VeeSpec held(VeeSpec spec, LeaseId lease) {
        var tags = new HashMap<>(spec.tags());
        tags.put(TAG, lease.toString());
        return spec.noted(tags, spec.notes()).held();
    }

    private static LeaseRequest request(Caller caller, LeaseId id, long now, LeaseWish wish, List<List<Parts.DiskPart>> disks) {
        var nodes = new ArrayList<Quantity>();
        for (int i = 0; i < disks.size(); i++) {
            nodes.add(LeaseRoom.need(wish.vees().get(i), new Parts(disks.get(i), List.of(), List.of()).diskSize().bytes()));
        }
        var start = switch (wish.start()) {
            case WHENEVER -> new LeaseRequest.Start.Whenever();
            case NOW -> new LeaseRequest.Start.Now();
            case AT -> new LeaseRequest.Start.At(at(wish, now));
        };
        Map<String, String> extras = wish.mostPerHour().map(most -> Map.of(LeaseRequest.USER_RATE, most.toString())).orElse(Map.of());
        return new LeaseRequest(id.value(), now, start, seconds(wish.duration()), wish.deadline().map(deadline -> OptionalLong.of(deadline.getEpochSecond())).orElse(OptionalLong.empty()),
                wish.yields(), nodes, OptionalLong.empty(), caller.user().toString(), extras);
    }

    private static long seconds(Duration duration) {
        return duration.toNanosPart() == 0 ? duration.toSeconds() : duration.toSeconds() + 1;
    }

    private static long at(LeaseWish wish, long now) {
        var at = wish.at().orElseThrow();
        var seconds = at.getNano() == 0 ? at.getEpochSecond() : at.getEpochSecond() + 1;
        if (seconds < now && wish.deadline().isEmpty()) {
            throw Refused.invalid("BAD_LEASE", "Lease %s: it shall start at %s, which is past.".formatted(wish.name(), at), "Give a time to come; for at once, the start NOW.");
        }
        return seconds;
    }

    private static Refused noRoom(LeaseWish wish, LeaseBook.Ended ended) {
        if (ended.result().state() == LeaseState.REJECTED_BY_USER) {
            return Refused.conflict("LEASE_TOO_DEAR", "Lease %s cannot be had for %s a VEE and hour: %s.".formatted(wish.name(), wish.mostPerHour().map(String::valueOf).orElse("?"),
                    ended.result().reason()), "Offer more, ask for less, or ask again when it disturbs fewer others.");
        }
        var instead = ended.instead().map(it -> instead(wish, it)).orElse("");
        return Refused.exhausted("LEASE_NO_ROOM", "Lease %s cannot be had: %s.".formatted(wish.name(), ended.result().reason()), instead);
    }

    private static String instead(LeaseWish wish, LeaseBook.Instead instead) {
        var some = instead.nodes() == 0 || instead.nodes() >= wish.vees().size() ? "" : " %d of its %d VEEs could run when it asked for.".formatted(instead.nodes(), wish.vees().size());
        return instead.start().isPresent() ? "All of it could run from %s on.%s".formatted(Instant.ofEpochSecond(instead.start().getAsLong()), some) : "It will never fit as a whole.%s".formatted(some);
    }

    // ---- giving up

    @Override
    public Lease cancel(Caller caller, LeaseId lease) {
        var changes = database.transact(transaction -> {
            Scheduler.alone(transaction.sql());
            var row = require(LeaseTable.find(transaction.sql(), lease), caller, lease, Right.MANAGE);
            if (row.ended().isPresent()) {
                throw Refused.conflict("LEASE_OVER", "%s is over since %s.".formatted(lease, row.ended().get()), "");
            }
            var now = clock.instant();
            var book = books.open(transaction.sql(), now).orElseThrow(() -> Refused.unavailable("NO_HOSTS", "The site has no hosts now.", "Try again when it has."));
            return books.step(transaction, book, List.of(new LeaseEvent.Cancelled(lease.value())), Map.of(), now).changes();
        });
        changes.forEach(vees::settle);
        wake.run();
        return lease(caller, lease);
    }

    // ---- the policy

    @Override
    public LeasePolicy policy(Caller caller) {
        PlacementDesk.requireAdministrator(caller);
        return database.read(LeasePolicyTable::get);
    }

    @Override
    public LeasePolicy setPolicy(Caller caller, LeasePolicy policy) {
        PlacementDesk.requireAdministrator(caller);
        books.terms().check(policy);
        database.run(transaction -> {
            Scheduler.alone(transaction.sql());
            LeasePolicyTable.put(transaction.sql(), policy);
        });
        wake.run();
        return policy;
    }

    // ---- looking

    @Override
    public Lease lease(Caller caller, LeaseId lease) {
        return database.read(sql -> new LeaseViews(sql).of(require(LeaseTable.find(sql, lease), caller, lease, Right.USE)));
    }

    private static LeaseTable.Row require(Optional<LeaseTable.Row> found, Caller caller, LeaseId lease, Right right) {
        var row = found.filter(it -> it.ownership().allows(caller, Right.USE))
                .orElseThrow(() -> Refused.notFound("LEASE_NOT_FOUND", "There is no %s.".formatted(lease), "See: reservoir lease list"));
        if (!row.ownership().allows(caller, right)) {
            throw Refused.forbidden("NOT_ALLOWED", "You may see %s, but not change it.".formatted(lease), "Its owner can.");
        }
        return row;
    }

    @Override
    public Page<Lease> leases(Caller caller, boolean over, Page.Request page) {
        return database.read(sql -> {
            var views = new LeaseViews(sql);
            var rows = LeaseTable.list(sql, over, page.after().map(LeaseId::parse).map(LeaseId::value).orElse(0L)).stream().filter(row -> row.ownership().allows(caller, Right.USE)).toList();
            var some = Listings.page(rows, page, row -> row.id().toString());
            return new Page<>(some.items().stream().map(views::of).toList(), some.next());
        });
    }

    @Override
    public List<HostCalendar> calendar(Caller caller) {
        return database.read(sql -> books.open(sql, clock.instant()).map(book -> LeaseViews.calendar(HostTable.all(sql), book, LeaseBooks.time(book, clock.instant()))).orElse(List.of()));
    }
}
