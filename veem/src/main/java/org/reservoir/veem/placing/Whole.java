package org.reservoir.veem.placing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vmi.Licence;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.HostId;
import org.reservoir.placement.Amounts;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Demand;
import org.reservoir.placement.Resource;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.VeeView;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.VeeRecord;

/**
 * Hosts and all that is on them, as a review sees them, and who waits in vain. A VEE with which something is going on stays where it is;
 * one that migrates takes room on both its hosts.
 */
public record Whole(Snapshot snapshot, List<Demand> waiting) {
    /** Those that may not move now. */
    private static final String STAYS = "stays";
    private static final Set<VeeState> MOVABLE = Set.of(VeeState.RUNNING, VeeState.SUSPENDED, VeeState.STOPPED, VeeState.POWERED_OFF);

    /** Whether nothing is going on with the VEE that a move would disturb, and it has nothing that it would lose. */
    public static boolean mayMove(VeeRecord vee) {
        return MOVABLE.contains(vee.state()) && vee.destination().isEmpty() && !vee.reschedule() && vee.parts().heldBy().isEmpty();
    }

    /**
     * @param all  hosts of the site
     * @param hosts those that are looked at
     * @param vees  with a place, or waiting in vain
     * @param leases what they keep, and whose places they decide
     * @param licences of the site, whose seats those on its other hosts have too
     */
    public static Whole of(List<HostTable.HostRecord> all, List<HostTable.HostRecord> hosts, Collection<VeeRecord> vees, Leases leases, List<Licence.Terms> licences) {
        var seen = new Builder(all, hosts, leases);
        vees.forEach(seen::add);
        licences.forEach(seen::count);
        leases.held().forEach(seen::keep);
        return seen.whole();
    }

    /** @param held what leases will need of hosts @param vees that belong to leases, which decide about their places */
    public record Leases(Map<HostId, Capacity> held, Set<Long> vees) {}

    /** Whether it stands for a VEE, rather than for room that a move or a lease keeps. */
    public static boolean stands(VeeView view) {
        return view.demand().id() > 0;
    }

    private static final class Builder {
        private final List<HostTable.HostRecord> hosts;
        private final Set<Long> known;
        private final Set<Long> leaving;
        private final Set<Long> leased;
        private final Wishes wishes;
        private final Set<Constraint> constraints = new HashSet<>();
        /** Where those are that are not looked at, by licence. */
        private final Map<String, List<HostId>> elsewhere = new HashMap<>();
        private final List<VeeView> placed = new ArrayList<>();
        private final List<Demand> waiting = new ArrayList<>();

        Builder(List<HostTable.HostRecord> all, List<HostTable.HostRecord> hosts, Leases leases) {
            this.hosts = hosts;
            leased = leases.vees();
            known = hosts.stream().map(host -> host.id().value()).collect(Collectors.toSet());
            leaving = hosts.stream().filter(host -> !host.takesVees()).map(host -> host.id().value()).collect(Collectors.toSet());
            wishes = new Wishes(all);
        }

        void add(VeeRecord vee) {
            var demand = wishes.demand(vee, List.of(), constraints);
            var at = vee.destination().or(vee::host);
            if (at.isEmpty() && !leased.contains(demand.id())) {
                waiting.add(demand);
            } else if (at.isPresent() && known.contains(at.get().value())) {
                var stays = !mayMove(vee) || leased.contains(demand.id()) || leaving.contains(at.get().value());
                placed.add(new VeeView(stays ? among(demand, demand.id(), STAYS) : demand, at.get().value()));
            } else if (at.isPresent()) {
                vee.spec().placement().licences().forEach(licence -> elsewhere.computeIfAbsent(licence, _ -> new ArrayList<>()).add(at.get()));
            }
            vee.host().filter(host -> vee.destination().isPresent() && known.contains(host.value()) && !at.get().equals(host))
                    .ifPresent(host -> placed.add(new VeeView(among(demand, -demand.id(), STAYS), host.value())));
        }

        /** Who has a seat of a licence by VEE may move with it, also when there are fewer by now. */
        void count(Licence.Terms terms) {
            var others = elsewhere.getOrDefault(terms.name(), List.of());
            long taken = terms.perHost() ? others.stream().distinct().count() : others.size();
            long had = terms.perHost() ? 0 : placed.stream().filter(view -> view.demand().groups().contains(Wishes.licensed(terms.name()))).count();
            constraints.add(Wishes.licence(new Licence.Terms(terms.name(), (int) Math.max(had, terms.seats() - taken), terms.perHost())));
        }

        void keep(HostId host, Capacity held) {
            if (known.contains(host.value())) {
                var amounts = Amounts.of(held.cpu().milli(), held.memory().bytes(), held.disk().bytes());
                placed.add(new VeeView(Demand.of(Long.MIN_VALUE + host.value(), amounts, STAYS), host.value()));
            }
        }

        /** What a migrating VEE leaves behind has no wishes that could not hold at both its hosts, and no second seat of a licence. */
        private static Demand among(Demand demand, long id, String group) {
            var groups = demand.groups().stream().filter(name -> id > 0 || !Wishes.goesAlong(name)).collect(Collectors.toCollection(HashSet::new));
            groups.add(group);
            return new Demand(id, demand.amounts(), demand.requirements(), demand.rank(), groups);
        }

        Whole whole() {
            constraints.add(new Constraint.Root(STAYS));
            return new Whole(new Snapshot(Resource.USUAL, hosts.stream().map(PlacementView::view).toList(), placed, List.copyOf(constraints)), waiting);
        }
    }

    /** A halted VEE whose memory is on disk takes neither CPU nor memory. */
    static Amounts amounts(VeeRecord vee) {
        var halted = vee.state() == VeeState.STOPPED;
        return Amounts.of(halted ? 0 : vee.spec().cpu().milli(), halted ? 0 : vee.spec().memory().bytes(), vee.parts().diskSize().bytes());
    }
}
