package org.reservoir.veem.placing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Licence;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.Spelling;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.kernel.expression.Value;
import org.reservoir.placement.Amounts;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Decision.Incomplete;
import org.reservoir.placement.Decision.NoRoom;
import org.reservoir.placement.Decision.Placed;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.Objection;
import org.reservoir.placement.Placer;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.KnownHosts;
import org.reservoir.veem.kept.LeaseTable;
import org.reservoir.veem.kept.LicenceTable;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;

/** Shows the site database to the placement room as a snapshot, and brings its decisions back. */
public final class PlacementView implements Placing {
    private static final String RACK = "rack";
    private static final String PRIORITY = "priority";
    /** Words that every host has: a label of that name is no further word. */
    static final Set<String> GIVEN = Set.of(RACK, PRIORITY, "hostname", "site", "labels", "running", "load");

    private final KnownHosts hosts;
    private final Policies policies;
    private final StandingPlacer standing = new StandingPlacer();

    /** @param policies asked anew for every cycle */
    public PlacementView(KnownHosts hosts, Policies policies) {
        this.hosts = hosts;
        this.policies = policies;
    }

    @Override
    public synchronized Decision place(Handle sql, List<VeeRecord> vees, List<HostId> but) {
        var known = hosts.all(sql);
        var scene = scene(sql, known, vees, but);
        var ranks = policies.ranks(sql, known);
        scene.constraints().addAll(ranks.fences());
        var places = new HashMap<VeeId, HostId>();
        var reasons = new HashMap<VeeId, String>();
        var refused = new ArrayList<org.reservoir.placement.Decision>();
        without(sql, known, scene, placer -> placer.place(scene.demands(), ranks.site(), scene.sets()).forEach(decision -> {
            switch (decision) {
                case Placed placed -> places.put(new VeeId(placed.demand().id()), new HostId(withinCluster(placer, placed, ranks)));
                case NoRoom _, Incomplete _ -> refused.add(decision);
            }
        }));
        var byId = vees.stream().collect(Collectors.toMap(VeeRecord::id, vee -> vee));
        var words = new Objected(sql, known);
        refused.forEach(none -> reasons.put(new VeeId(none.demand().id()), words.reason(byId, none, but)));
        return new Decision(places, reasons);
    }

    /** The site's policy chose the cluster; the cluster's own, if it has one, chooses the host in it. */
    private static long withinCluster(Placer placer, Placed placed, Policies.Ranks ranks) {
        var own = ranks.within(placed.host());
        if (own.isEmpty()) {
            return placed.host();
        }
        placer.release(placed.demand().id());
        return switch (placer.place(ranks.kept(placed.demand(), placed.host()), own.get())) {
            case Placed(_, var host) -> host;
            case NoRoom _, Incomplete _ -> throw new IllegalStateException("VEE %d had a place on host %d, and now its cluster has none".formatted(placed.demand().id(), placed.host()));
        };
    }

    /** Looks at the site without the VEEs of the scene. Afterwards they are where they were: the database tells where they are when it was written. */
    private void without(Handle sql, List<HostTable.HostRecord> known, Scene scene, Consumer<Placer> look) {
        var placer = standing.of(sql, known, scene.constraints());
        scene.demands().forEach(demand -> placer.forget(demand.id()));
        try {
            look.accept(placer);
        } finally {
            scene.demands().forEach(demand -> {
                placer.forget(demand.id());
                standing.where(demand.id()).ifPresent(placer::note);
            });
        }
    }

    @Override
    public synchronized List<Vees.WhyNot> explain(Handle sql, VeeRecord vee) {
        var known = hosts.all(sql);
        var others = WaitingSets.with(sql, List.of(vee)).ready().stream().filter(other -> !other.id().equals(vee.id()));
        var scene = scene(sql, known, Stream.concat(Stream.of(vee), others).toList(), List.of());
        var ranks = policies.ranks(sql, known);
        scene.constraints().addAll(ranks.fences());
        var objections = new LinkedHashMap<Long, List<Objection>>();
        without(sql, known, scene, placer -> {
            placer.place(scene.demands().subList(1, scene.demands().size()), ranks.site());
            placer.objections(scene.demands().getFirst()).forEach(objection -> objections.computeIfAbsent(objection.host(), _ -> new ArrayList<>()).add(objection));
        });
        var names = known.stream().collect(Collectors.toMap(host -> host.id().value(), HostTable.HostRecord::name));
        var answers = new ArrayList<Vees.WhyNot>();
        known.stream().filter(host -> !objections.containsKey(host.id().value())).forEach(host -> answers.add(new Vees.WhyNot(host.id(), host.name(), List.of())));
        var words = new Objected(sql, known);
        objections.forEach((host, list) -> answers.add(new Vees.WhyNot(new HostId(host), names.get(host), list.stream().map(it -> words.line(vee, it)).toList())));
        return answers;
    }

    @Override
    public void check(Handle sql, List<VeeSpec> specs) {
        requireHosts(sql, specs);
        var wishing = specs.stream().map(VeeSpec::placement).filter(wish -> wish.requirements().isPresent() || wish.rank().isPresent()).distinct().toList();
        if (!wishing.isEmpty()) {
            var words = Wishes.words(hosts.all(sql));
            wishing.forEach(wish -> {
                wish.requirements().ifPresent(text -> Expression.condition(text, words));
                wish.rank().ifPresent(text -> Expression.number(text, words));
            });
        }
    }

    private void requireHosts(Handle sql, List<VeeSpec> specs) {
        if (specs.stream().noneMatch(spec -> spec.placement().host().isPresent())) {
            return;
        }
        var names = hosts.all(sql).stream().map(HostTable.HostRecord::name).collect(Collectors.toSet());
        specs.forEach(spec -> spec.placement().host().filter(name -> !names.contains(name)).ifPresent(name -> {
            throw Refused.notFound("HOST_NOT_FOUND", "VEE %s is to be on host %s, and no host is called so.".formatted(spec.name(), name), Spelling.advice(name, names));
        }));
    }

    @Override
    public synchronized List<String> objections(Handle sql, VeeRecord vee, List<VeeRecord> following, HostId host) {
        var known = hosts.all(sql);
        var scene = scene(sql, known, Stream.concat(Stream.of(vee), following.stream()).toList(), List.of());
        var words = new Objected(sql, known);
        var found = new ArrayList<String>();
        without(sql, known, scene, placer -> placer.objections(scene.demands().getFirst()).stream().filter(it -> it.host() == host.value())
                .forEach(it -> found.add(words.text(vee, it))));
        return found;
    }

    @Override
    public Whole whole(Handle sql, Predicate<HostTable.HostRecord> which) {
        var known = hosts.all(sql);
        var waiting = WaitingSets.with(sql, VeeTable.query(sql, "state = 'PENDING' and problem is not null order by id")).ready();
        return Whole.of(known, known.stream().filter(which).toList(), Stream.concat(VeeTable.query(sql, "host is not null order by id").stream(), waiting.stream()).toList(),
                new Whole.Leases(LeaseTable.held(sql), LeaseTable.leased(sql)), LicenceTable.all(sql));
    }

    // ---- what is asked, in the placement room's words

    /** @param sets groups that are placed as a whole or not at all: of those who wait only, so nothing that is kept from cycle to cycle */
    private record Scene(List<Demand> demands, Set<Constraint> constraints, Set<String> sets) {}

    private static Scene scene(Handle sql, List<HostTable.HostRecord> hosts, List<VeeRecord> vees, List<HostId> but) {
        var wishes = new Wishes(hosts);
        var constraints = new HashSet<Constraint>();
        var licences = LicenceTable.named(sql, vees.stream().flatMap(vee -> vee.spec().placement().licences().stream()).collect(Collectors.toSet()));
        var demands = vees.stream().map(vee -> seated(vee, wishes.demand(vee, but, constraints), licences)).toList();
        var sets = constraints.stream().filter(Constraint.AllOrNothing.class::isInstance).map(Constraint::group).collect(Collectors.toSet());
        constraints.removeIf(Constraint.AllOrNothing.class::isInstance);
        licences.forEach(terms -> constraints.add(Wishes.licence(terms)));
        return new Scene(demands, constraints, sets);
    }

    /** Who has a place has its seat of a licence by VEE wherever it goes, also when there are fewer by now. */
    private static Demand seated(VeeRecord vee, Demand demand, List<Licence.Terms> licences) {
        var had = licences.stream().filter(terms -> vee.host().isPresent() && !terms.perHost()).map(terms -> Wishes.licensed(terms.name())).collect(Collectors.toSet());
        return had.isEmpty() ? demand : new Demand(demand.id(), demand.amounts(), demand.requirements(), demand.rank(),
                demand.groups().stream().filter(group -> !had.contains(group)).collect(Collectors.toSet()));
    }

    static HostView view(HostTable.HostRecord host) {
        var capacity = host.capacity();
        var labels = host.request().labels();
        var attributes = new HashMap<String, Value>();
        labels.forEach((label, value) -> {
            if (!GIVEN.contains(label)) {
                attributes.put(label, Value.text(value));
            } else if (label.equals(PRIORITY) && value.matches("[0-9]{1,9}")) {
                attributes.put(label, Value.count(Long.parseLong(value)));
            }
        });
        var keys = new TreeSet<>(labels.keySet());
        return new HostView(host.id().value(), host.name(), labels.getOrDefault(RACK, ""), host.request().cluster(), host.takesVees(),
                Amounts.of(capacity.cpu().milli(), capacity.memory().bytes(), capacity.disk().bytes()), new double[] {1, 1, 1}, keys, attributes);
    }
}
