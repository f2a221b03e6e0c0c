package org.reservoir.veem.placing;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vmi.Licence;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.kernel.expression.Type;
import org.reservoir.kernel.expression.Vocabulary;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostWords;
import org.reservoir.placement.Level;
import org.reservoir.placement.policy.Earnings;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.VeeRecord;

/** What VEEs ask of their places, in the placement room's words; each constraint names the option by which it was asked. */
public final class Wishes {
    /** The tag that names the SLA class of a VEE. */
    private static final String SLA = "sla";
    private static final String TOGETHER = "together in ";
    private static final String APART = "apart in ";
    private static final String LICENCE = "with licence ";

    private final List<HostTable.HostRecord> hosts;
    /** The hosts of each kind. */
    private final Map<String, Set<Long>> kinds = new HashMap<>();
    private final Vocabulary words;

    Wishes(List<HostTable.HostRecord> hosts) {
        this.hosts = hosts;
        hosts.forEach(host -> host.kind().ifPresent(kind -> kinds.computeIfAbsent(kind, _ -> new HashSet<>()).add(host.id().value())));
        words = words(hosts);
    }

    /** The standard words, and the labels that administrators gave to hosts, as texts. */
    static Vocabulary words(Collection<HostTable.HostRecord> hosts) {
        var words = HostWords.STANDARD;
        var labels = hosts.stream().flatMap(host -> host.request().labels().keySet().stream()).filter(label -> !PlacementView.GIVEN.contains(label)).collect(Collectors.toCollection(TreeSet::new));
        for (var label : labels) {
            words = words.variable(label, Type.TEXT);
        }
        return words;
    }

    /** @param but hosts that it may not get; @param constraints to which those that it needs are added */
    Demand demand(VeeRecord vee, List<HostId> but, Set<Constraint> constraints) {
        var wish = vee.spec().placement();
        var groups = groups(wish, constraints);
        Optional.ofNullable(vee.spec().tags().get(SLA)).ifPresent(name -> groups.add(Earnings.CLASS + name));
        WaitingSets.of(vee).ifPresent(set -> {
            constraints.add(new Constraint.AllOrNothing(set));
            groups.add(set);
        });
        ban(vee, "leaves", but, "it is to leave that host", "let it stay", groups, constraints);
        vee.task().ifPresent(task -> ban(vee, "failed", task.failed(), "a deployment of it failed there", "wait: it is tried there again after a while", groups, constraints));
        wish.host().ifPresent(name -> {
            var only = hosts.stream().filter(host -> host.name().equals(name)).toList();
            var lift = only.stream().filter(host -> !host.takesVees()).map(HostTable.HostRecord::remedy).findFirst().orElse("make room on " + name);
            var origin = new Constraint.Origin("vee create said --on " + name, "%s, or create the VEE without --on %s".formatted(lift, name));
            constraints.add(new Constraint.Fence("only " + name, only.stream().map(host -> host.id().value()).collect(Collectors.toSet()), origin));
            groups.add("only " + name);
        });
        vee.host().ifPresent(host -> keepKind(host, groups, constraints));
        return new Demand(vee.id().value(), Whole.amounts(vee), wish.requirements().map(text -> Expression.condition(text, words)),
                wish.rank().map(text -> Expression.number(text, words)), groups);
    }

    /** Where there are hosts of several kinds, a guest that has run on one goes to its like only. */
    private void keepKind(HostId at, Set<String> groups, Set<Constraint> constraints) {
        kinds.entrySet().stream().filter(kind -> kinds.size() > 1 && kind.getValue().contains(at.value())).findFirst().ifPresent(kind -> {
            var origin = new Constraint.Origin("its guest is one of %s, which moves to no host of another kind".formatted(kind.getKey()), "add a host of that kind, or terminate the VEE and create it anew");
            constraints.add(new Constraint.Fence("of " + kind.getKey(), kind.getValue(), origin));
            groups.add("of " + kind.getKey());
        });
    }

    private static void ban(VeeRecord vee, String what, List<HostId> hosts, String because, String lift, Set<String> groups, Set<Constraint> constraints) {
        if (!hosts.isEmpty()) {
            var group = vee.id() + " " + what;
            constraints.add(new Constraint.Ban(group, hosts.stream().map(HostId::value).collect(Collectors.toSet()), new Constraint.Origin(because, lift)));
            groups.add(group);
        }
    }

    static Set<String> groups(VeeSpec.Wish wish, Set<Constraint> constraints) {
        var groups = new HashSet<String>();
        wish.group().ifPresent(group -> {
            if (wish.apart()) {
                constraints.add(new Constraint.Spread(APART + group, Level.HOST));
                groups.add(APART + group);
            }
            if (wish.together()) {
                constraints.add(new Constraint.Gather(TOGETHER + group, Level.HOST));
                groups.add(TOGETHER + group);
            }
        });
        wish.licences().forEach(licence -> groups.add(licensed(licence)));
        return groups;
    }

    /** The group of those that ask for a licence. */
    public static String licensed(String licence) {
        return LICENCE + licence;
    }

    static Constraint.Licence licence(Licence.Terms terms) {
        return new Constraint.Licence(terms.name(), licensed(terms.name()), terms.seats(), terms.perHost());
    }

    /** What its users call the group. */
    public static String named(String group) {
        return group.replaceFirst("^(%s|%s)".formatted(TOGETHER, APART), "");
    }

    /** Whether it is a wish that is held to where a VEE goes, and not to what it leaves as well. */
    static boolean goesAlong(String group) {
        return group.startsWith(TOGETHER) || group.startsWith(LICENCE);
    }
}
