package org.reservoir.veem.lease;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.LeaseId;
import org.reservoir.placement.lease.LeaseAction;
import org.reservoir.placement.lease.LeaseBook;
import org.reservoir.placement.lease.LeaseEvent;
import org.reservoir.placement.lease.LeaseRecord;
import org.reservoir.placement.lease.LeaseState;
import org.reservoir.store.Transaction;
import org.reservoir.veem.kept.Change;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.LeaseJson;
import org.reservoir.veem.kept.LeaseNode;
import org.reservoir.veem.kept.LeasePolicyTable;
import org.reservoir.veem.kept.LeaseTable;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;
import org.reservoir.veem.work.VeeDesk;

/**
 * Keeps the book of leases in the site database: steps it and writes it down together with what its actions want of VEEs. What only frees room — ending a VEE — is
 * ordered at once; the rest is written down as what each VEE is to be ({@link LeaseNode}) and followed by the {@link LeaseSteward}. All under the lock of placement.
 */
public final class LeaseBooks {
    private final VeeDesk vees;
    private final LeaseTerms terms;

    public LeaseBooks(VeeDesk vees, LeaseTerms terms) {
        this.vees = vees;
        this.terms = terms;
    }

    LeaseTerms terms() {
        return terms;
    }

    /** The book with the site as it is now; empty when there are no hosts. */
    Optional<LeaseBook> open(Handle sql, Instant now) {
        var kept = LeaseTable.book(sql);
        var hosts = LeaseRoom.hosts(HostTable.all(sql), LeaseTable.outside(sql), kept.map(LeaseJson.Kept::leases).orElse(List.of()));
        if (hosts.isEmpty()) {
            return Optional.empty();
        }
        var site = LeaseRoom.site(hosts);
        var rules = terms.now(sql);
        var there = hosts.stream().map(host -> host.id()).collect(Collectors.toSet());
        return Optional.of(kept.map(book -> new LeaseJson.Kept(site, both(book.lost(), there), book.now(), book.leases(), book.queue(), book.waiting()).under(rules))
                .orElseGet(() -> LeaseBook.empty(site, rules.settings(), rules.policies(), now.getEpochSecond())));
    }

    private static Set<Long> both(Set<Long> some, Set<Long> others) {
        return some.stream().filter(others::contains).collect(Collectors.toSet());
    }

    /** The book's time never goes back, whichever server's clock tells it. */
    static long time(LeaseBook book, Instant now) {
        return Math.max(book.now(), now.getEpochSecond());
    }

    /**
     * What steps have come to.
     *
     * @param ended   leases that are over
     * @param changes of VEEs; {@link VeeDesk#settle} is to be told of each after the commit
     */
    record Stepped(List<LeaseBook.Ended> ended, List<Change> changes) {}

    /** Steps the book by each event in turn and writes it all down. @param failed why leases that are cancelled have in truth failed */
    Stepped step(Transaction transaction, LeaseBook book, List<LeaseEvent> events, Map<LeaseId, String> failed, Instant now) {
        var ended = new ArrayList<LeaseBook.Ended>();
        var orders = new Orders(transaction, now);
        var before = book;
        for (var event : events) {
            var next = before.step(event, time(before, now));
            orders.follow(next);
            LeaseHistory.of(next).forEach((lease, happened) -> happened.forEach(it -> LeaseTable.note(transaction.sql(), lease, it)));
            for (var over : next.ended()) {
                before.lease(over.result().request().id()).ifPresent(last -> orders.end(new LeaseId(over.result().request().id()), verdict(over, last, failed)));
            }
            ended.addAll(next.ended());
            before = next.book();
        }
        orders.write();
        LeaseTable.write(transaction.sql(), LeaseJson.Kept.of(before));
        LeasePolicyTable.learnt(transaction.sql(), before.policies().pricing());
        LeaseTable.peaks(transaction.sql(), LeaseRoom.peaks(before));
        return new Stepped(ended, orders.changes);
    }

    private static LeaseTable.Verdict verdict(LeaseBook.Ended over, LeaseRecord last, Map<LeaseId, String> failed) {
        var why = Optional.ofNullable(failed.get(new LeaseId(over.result().request().id())));
        return new LeaseTable.Verdict(why.isPresent() ? LeaseState.FAIL : over.result().state(), why.orElse(over.result().reason()), over.result().ran(), over.instead(), last);
    }

    /** Who acts on the VEEs of a lease: its owner, by way of the lease. */
    static Caller agent(LeaseTable.Row lease) {
        return new Caller(lease.owner().user(), lease.id().toString(), lease.owner().group(), lease.owner().groups(), true);
    }

    /** What steps want of VEEs, gathered. */
    private final class Orders {
        private final Transaction transaction;
        private final Instant now;
        private final Map<LeaseId, Map<Integer, LeaseNode>> nodes = new TreeMap<>();
        private final List<Change> changes = new ArrayList<>();

        Orders(Transaction transaction, Instant now) {
            this.transaction = transaction;
            this.now = now;
        }

        private Map<Integer, LeaseNode> nodes(LeaseId lease) {
            return nodes.computeIfAbsent(lease, id -> LeaseTable.nodes(transaction.sql(), id).stream().collect(Collectors.toMap(LeaseNode::number, node -> node, (a, _) -> a, TreeMap::new)));
        }

        void follow(LeaseBook.Next next) {
            var over = next.ended().stream().map(it -> it.result().request().id()).collect(Collectors.toSet());
            for (var action : next.actions()) {
                var lease = new LeaseId(action.vee().lease());
                var node = nodes(lease).get(action.vee().node());
                nodes(lease).put(node.number(), after(node, action, over.contains(lease.value())));
            }
        }

        private LeaseNode after(LeaseNode node, LeaseAction action, boolean over) {
            var host = Optional.of(new HostId(action.host()));
            return switch (action) {
                case LeaseAction.Start _ -> (node.wanted() == LeaseNode.Wanted.ENDED ? node.with(Optional.empty()) : node).wanting(LeaseNode.Wanted.RUNNING, host, now);
                case LeaseAction.Resume _ -> node.wanting(LeaseNode.Wanted.RUNNING, host, now);
                case LeaseAction.Suspend _, LeaseAction.Move _ -> node.wanting(LeaseNode.Wanted.SAVED, host, now);
                case LeaseAction.ShutDown _ -> {
                    terminate(node, false);
                    yield node.wanting(LeaseNode.Wanted.ENDED, host, now);
                }
                case LeaseAction.Stop _, LeaseAction.Discard _ -> {
                    if (!over) {
                        makeWay(node);
                    }
                    terminate(node, true);
                    yield node.wanting(LeaseNode.Wanted.ENDED, Optional.empty(), now);
                }
            };
        }

        /** Another VEE of its name is to come. */
        private void makeWay(LeaseNode node) {
            living(node).ifPresent(vee -> changes.add(vees.order(transaction, agent(node), vee.id(), new VeeAction.Rename("given-up-" + vee.id()))));
        }

        private void terminate(LeaseNode node, boolean hard) {
            living(node).filter(vee -> vee.state() != VeeState.TERMINATING)
                    .ifPresent(vee -> changes.add(vees.order(transaction, agent(node), vee.id(), new VeeAction.Terminate(hard))));
        }

        private Optional<VeeRecord> living(LeaseNode node) {
            return node.vee().flatMap(vee -> VeeTable.lock(transaction.sql(), vee)).filter(vee -> vee.state() != VeeState.TERMINATED);
        }

        private Caller agent(LeaseNode node) {
            return LeaseBooks.agent(LeaseTable.find(transaction.sql(), node.lease()).orElseThrow());
        }

        void end(LeaseId lease, LeaseTable.Verdict verdict) {
            nodes(lease).replaceAll((_, node) -> {
                terminate(node, true);
                return node.wanting(LeaseNode.Wanted.ENDED, Optional.empty(), now);
            });
            LeaseTable.end(transaction.sql(), lease, verdict, now);
        }

        void write() {
            nodes.values().forEach(these -> these.values().forEach(node -> LeaseTable.put(transaction.sql(), node)));
        }
    }
}
