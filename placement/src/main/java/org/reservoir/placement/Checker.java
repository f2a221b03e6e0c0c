package org.reservoir.placement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.reservoir.kernel.expression.Environment;
import org.reservoir.kernel.expression.Missing;
import org.reservoir.kernel.expression.Value;

/**
 * Judges placements by the constraints of a snapshot. Plain and slow on purpose, and shares no code with the solvers it
 * judges. A requirement is judged by what does not change with the VEEs around it ({@code labels}, {@code site}, …): what
 * it says of free resources was a question of the moment of placement.
 */
public final class Checker {
    private final Snapshot snapshot;
    private final Map<Long, HostView> hosts = new HashMap<>();
    private final Map<Long, Long> hostBefore = new HashMap<>();

    public Checker(Snapshot snapshot) {
        this.snapshot = snapshot;
        snapshot.hosts().forEach(host -> hosts.put(host.id(), host));
        snapshot.vees().forEach(vee -> hostBefore.put(vee.demand().id(), vee.host()));
    }

    /** What {@code after} breaks that the snapshot did not break, or not as much. */
    public List<Violation> worsened(Collection<VeeView> after, Collection<Demand> unplaced) {
        var before = new HashMap<String, Long>();
        violations(snapshot.vees(), unplaced).forEach(v -> before.put(v.constraint() + '\n' + v.subject(), v.excess()));
        return violations(after, unplaced).stream()
                .filter(v -> v.excess() > before.getOrDefault(v.constraint() + '\n' + v.subject(), 0L)).toList();
    }

    /** Everything that does not hold when the VEEs are as in {@code after} and {@code unplaced} have no place. */
    public List<Violation> violations(Collection<VeeView> after, Collection<Demand> unplaced) {
        var found = new ArrayList<Violation>();
        var doubled = new HashSet<Long>();
        for (var vee : after) {
            if (!doubled.add(vee.demand().id())) {
                found.add(new Violation("one place", "VEE " + vee.demand().id(), 1, "VEE %d has two places".formatted(vee.demand().id())));
            }
            vee(vee, found);
        }
        capacity(after, found);
        var groups = byGroup(after);
        for (var constraint : snapshot.constraints()) {
            constraint(constraint, groups, unplaced, found);
        }
        return found;
    }

    private static Map<String, List<VeeView>> byGroup(Collection<VeeView> after) {
        var groups = new HashMap<String, List<VeeView>>();
        for (var vee : after) {
            vee.demand().groups().forEach(group -> groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(vee));
        }
        groups.put(Constraint.EVERYONE, List.copyOf(after));
        return groups;
    }

    private void vee(VeeView vee, List<Violation> found) {
        var host = hosts.get(vee.host());
        var subject = "VEE " + vee.demand().id();
        if (host == null) {
            found.add(new Violation("host", subject, 1, "%s is on host %d, which is not there".formatted(subject, vee.host())));
            return;
        }
        boolean moved = !Long.valueOf(vee.host()).equals(hostBefore.get(vee.demand().id()));
        if (moved && !host.usable()) {
            found.add(new Violation("usable", subject, 1, "%s is newly on %s, which takes none".formatted(subject, host.name())));
        }
        Environment lasting = word -> switch (word) {
            case "hostname" -> Value.text(host.name());
            case "rack" -> Value.text(host.rack());
            case "site" -> Value.text(host.site());
            case "labels" -> Value.texts(host.labels().stream().sorted().toList());
            default -> host.attributes().containsKey(word) && !word.equals("load") ? host.attributes().get(word) : new Missing("may change");
        };
        if (moved && vee.demand().requirements().filter(c -> c.evaluate(lasting).equals(Value.truth(false))).isPresent()) {
            found.add(new Violation("requirements", subject, 1, "%s on %s: %s".formatted(subject, host.name(), vee.demand().requirements().get().explain(lasting))));
        }
    }

    private void capacity(Collection<VeeView> after, List<Violation> found) {
        var byHost = after.stream().collect(Collectors.groupingBy(VeeView::host, TreeMap::new, Collectors.toList()));
        byHost.forEach((id, vees) -> {
            var host = hosts.get(id);
            for (int r = 0; host != null && r < snapshot.resources().size(); r++) {
                int resource = r;
                long asked = vees.stream().mapToLong(vee -> vee.demand().amounts().at(resource)).sum();
                long there = (long) Math.floor(host.capacity().at(r) * host.overcommit()[r]);
                if (asked > there) {
                    var kind = snapshot.resources().get(r);
                    found.add(new Violation(kind.name(), host.name(), asked - there, "%s: %s of %s promised, %s may be".formatted(host.name(), kind.written(asked), kind.name(), kind.written(there))));
                }
            }
        });
    }

    private void constraint(Constraint constraint, Map<String, List<VeeView>> groups, Collection<Demand> unplaced, List<Violation> found) {
        var members = groups.getOrDefault(constraint.group(), List.of());
        switch (constraint) {
            case Constraint.Spread(var group, var level, var atMost) -> byLocation(members, level).forEach((where, vees) ->
                    add(found, "spread", group + " in " + where, vees.size() - atMost, "%d of group %s in %s".formatted(vees.size(), group, where)));
            case Constraint.Gather(var group, var level) -> {
                int places = byLocation(members, level).size();
                add(found, "gather", group + " by " + level, places - 1, "group %s is in %d %ss".formatted(group, places, level));
            }
            case Constraint.Fence(var group, var allowed, _) -> each("fence", group, members, vee -> allowed.contains(vee.host()), "is outside the fence of " + group, found);
            case Constraint.Ban(var group, var banned, _) -> each("ban", group, members, vee -> !banned.contains(vee.host()), "is on a host banned for " + group, found);
            case Constraint.Within within -> each("within", within.group(), members, vee -> !hosts.containsKey(vee.host()) || within.takes(hosts.get(vee.host())),
                    "is where the %s is none of %s".formatted(within.word(), within.values()), found);
            case Constraint.SplitAmong(var group, var other, var parts) -> {
                constraint(new Constraint.Among(group, parts), groups, unplaced, found);
                constraint(new Constraint.Among(other, parts), groups, unplaced, found);
                var theirs = groups.getOrDefault(other, List.of());
                long shared = parts.stream().filter(part -> members.stream().anyMatch(vee -> part.contains(vee.host())) && theirs.stream().anyMatch(vee -> part.contains(vee.host()))).count();
                add(found, "split among", group + ", " + other, shared, "groups %s and %s share %d parts".formatted(group, other, shared));
            }
            case Constraint.Among(var group, var parts) -> {
                each("among", group, members, vee -> parts.stream().anyMatch(part -> part.contains(vee.host())), "is in no part that group %s may be in".formatted(group), found);
                long used = parts.stream().filter(part -> members.stream().anyMatch(vee -> part.contains(vee.host()))).count();
                add(found, "among", group, used - 1, "group %s is in %d parts".formatted(group, used));
            }
            case Constraint.Lonely(var group) -> {
                var theirs = members.stream().map(VeeView::host).collect(Collectors.toSet());
                each("lonely", group, groups.get(Constraint.EVERYONE), vee -> constraint.binds(vee.demand()) || !theirs.contains(vee.host()), "is where group %s is to be alone".formatted(group), found);
            }
            case Constraint.Apart(var group, var other, var level) -> apart(group, other, level, groups, found);
            case Constraint.Licence(var name, _, var seats, var perHost) -> {
                long taken = perHost ? members.stream().map(VeeView::host).distinct().count() : members.size();
                add(found, "licence", name, taken - seats, "%d of %d seats of licence %s are taken".formatted(taken, seats, name));
            }
            case Constraint.Root(var group) -> each("root", group, members, vee -> hostBefore.getOrDefault(vee.demand().id(), vee.host()) == vee.host(), "may not move", found);
            case Constraint.AllOrNothing(var group) -> {
                long out = unplaced.stream().filter(constraint::binds).count();
                long lately = members.stream().filter(vee -> !hostBefore.containsKey(vee.demand().id())).count();
                add(found, "all or nothing", group, Math.min(out, lately), "%d of set %s have no place, %d have".formatted(out, group, lately));
            }
        }
    }

    private static void each(String kind, String group, Collection<VeeView> members, Predicate<VeeView> fine, String otherwise, List<Violation> found) {
        members.stream().filter(fine.negate()).forEach(vee ->
                found.add(new Violation(kind, "VEE %d of %s".formatted(vee.demand().id(), group), 1, "VEE %d %s".formatted(vee.demand().id(), otherwise))));
    }

    private static void add(List<Violation> found, String kind, String subject, long excess, String text) {
        if (excess > 0) {
            found.add(new Violation(kind, subject, excess, text));
        }
    }

    private void apart(String group, String other, Level level, Map<String, List<VeeView>> groups, List<Violation> found) {
        var theirs = byLocation(groups.getOrDefault(other, List.of()), level).keySet();
        byLocation(groups.getOrDefault(group, List.of()), level).forEach((where, vees) ->
                add(found, "apart", "%s, %s in %s".formatted(group, other, where), theirs.contains(where) ? vees.size() : 0, "groups %s and %s are both in %s".formatted(group, other, where)));
    }

    private Map<String, List<VeeView>> byLocation(List<VeeView> vees, Level level) {
        Function<VeeView, String> where = vee -> {
            var host = hosts.get(vee.host());
            return switch (level) {
                case HOST -> "host " + host.id();
                case RACK -> "rack " + host.rack() + " of site " + host.site();
                case SITE -> "site " + host.site();
            };
        };
        return vees.stream().filter(vee -> hosts.containsKey(vee.host())).collect(Collectors.groupingBy(where, TreeMap::new, Collectors.toList()));
    }
}
