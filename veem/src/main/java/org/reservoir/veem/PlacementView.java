package org.reservoir.veem;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.kernel.expression.Type;
import org.reservoir.kernel.expression.Value;
import org.reservoir.kernel.expression.Vocabulary;
import org.reservoir.placement.Amounts;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Decision.NoRoom;
import org.reservoir.placement.Decision.Placed;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.HostWords;
import org.reservoir.placement.Level;
import org.reservoir.placement.Objection;
import org.reservoir.placement.Placer;
import org.reservoir.placement.Policy;

/** Shows the site database to the placement room as a snapshot, and brings its decisions back. */
final class PlacementView implements Placing {
    private static final String RACK = "rack";
    private static final String PRIORITY = "priority";
    /** Words that every host has: a label of that name is no further word. */
    private static final Set<String> GIVEN = Set.of(RACK, PRIORITY, "hostname", "site", "labels", "running", "load");

    private final KnownHosts hosts;
    private final Supplier<Policy> policy;
    private final StandingPlacer standing = new StandingPlacer();

    /** @param policy asked anew for every cycle */
    PlacementView(KnownHosts hosts, Supplier<Policy> policy) {
        this.hosts = hosts;
        this.policy = policy;
    }

    @Override
    public synchronized Decision place(Handle sql, List<VeeRecord> vees, List<HostId> but) {
        var known = hosts.all(sql);
        var scene = scene(known, vees, but);
        var places = new HashMap<VeeId, HostId>();
        var reasons = new HashMap<VeeId, String>();
        without(sql, known, scene, placer -> placer.place(scene.demands(), policy.get()).forEach(decision -> {
            switch (decision) {
                case Placed(var demand, var host) -> places.put(new VeeId(demand.id()), new HostId(host));
                case NoRoom none -> reasons.put(new VeeId(none.demand().id()), "no host takes it: %s. What would help: %s.".formatted(none.summary(), none.advice()));
            }
        }));
        return new Decision(places, reasons);
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
        var scene = scene(known, List.of(vee), List.of());
        var objections = new LinkedHashMap<Long, List<Objection>>();
        without(sql, known, scene, placer -> placer.objections(scene.demands().getFirst())
                .forEach(objection -> objections.computeIfAbsent(objection.host(), _ -> new ArrayList<>()).add(objection)));
        var names = known.stream().collect(Collectors.toMap(host -> host.id().value(), HostTable.HostRecord::name));
        var answers = new ArrayList<Vees.WhyNot>();
        known.stream().filter(host -> !objections.containsKey(host.id().value())).forEach(host -> answers.add(new Vees.WhyNot(host.id(), host.name(), List.of())));
        objections.forEach((host, list) -> answers.add(new Vees.WhyNot(new HostId(host), names.get(host), list.stream().map(it -> "%s; what would help: %s".formatted(it.text(), it.change())).toList())));
        return answers;
    }

    @Override
    public void check(Handle sql, List<VeeSpec> specs) {
        var wishing = specs.stream().map(VeeSpec::placement).filter(wish -> wish.requirements().isPresent() || wish.rank().isPresent()).distinct().toList();
        if (!wishing.isEmpty()) {
            var words = words(hosts.all(sql));
            wishing.forEach(wish -> {
                wish.requirements().ifPresent(text -> Expression.condition(text, words));
                wish.rank().ifPresent(text -> Expression.number(text, words));
            });
        }
    }

    // ---- what is asked, in the placement room's words

    private record Scene(List<Demand> demands, Set<Constraint> constraints) {}

    private static Scene scene(List<HostTable.HostRecord> hosts, List<VeeRecord> vees, List<HostId> but) {
        var words = words(hosts);
        var constraints = new HashSet<Constraint>();
        return new Scene(vees.stream().map(vee -> demand(vee, words, hosts, but, constraints)).toList(), constraints);
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

    /** The standard words, and the labels that administrators gave to hosts, as texts. */
    private static Vocabulary words(Collection<HostTable.HostRecord> hosts) {
        var words = HostWords.STANDARD;
        var labels = hosts.stream().flatMap(host -> host.request().labels().keySet().stream()).filter(label -> !GIVEN.contains(label)).collect(Collectors.toCollection(TreeSet::new));
        for (var label : labels) {
            words = words.variable(label, Type.TEXT);
        }
        return words;
    }

    private static Demand demand(VeeRecord vee, Vocabulary words, List<HostTable.HostRecord> hosts, List<HostId> but, Set<Constraint> constraints) {
        var wish = vee.spec().placement();
        var groups = groups(wish, constraints);
        ban(but, "not now " + vee.id(), new Constraint.Origin("it is to leave this host", ""), groups, constraints);
        ban(vee.task().map(Task::failed).orElse(List.of()), "not " + vee.id(), new Constraint.Origin("a deploy of it failed there",
                "when it has failed everywhere, recover it with: reservoir vee recover %s --way RETRY".formatted(vee.id())), groups, constraints);
        wish.host().ifPresent(name -> {
            constraints.add(new Constraint.Fence("only " + name, hosts.stream().filter(host -> host.name().equals(name)).map(host -> host.id().value()).collect(Collectors.toSet())));
            groups.add("only " + name);
        });
        return new Demand(vee.id().value(), Amounts.of(vee.spec().cpu().milli(), vee.spec().memory().bytes(), vee.parts().diskSize().bytes()),
                wish.requirements().map(text -> Expression.condition(text, words)), wish.rank().map(text -> Expression.number(text, words)), groups);
    }

    private static void ban(List<HostId> hosts, String group, Constraint.Origin origin, Set<String> groups, Set<Constraint> constraints) {
        if (!hosts.isEmpty()) {
            constraints.add(new Constraint.Ban(group, hosts.stream().map(HostId::value).collect(Collectors.toSet()), origin));
            groups.add(group);
        }
    }

    static Set<String> groups(VeeSpec.Wish wish, Set<Constraint> constraints) {
        var groups = new HashSet<String>();
        wish.group().ifPresent(group -> {
            if (wish.apart()) {
                constraints.add(new Constraint.Spread("apart in " + group, Level.HOST));
                groups.add("apart in " + group);
            }
            if (wish.together()) {
                constraints.add(new Constraint.Gather("together in " + group, Level.HOST));
                groups.add("together in " + group);
            }
        });
        return groups;
    }
}
