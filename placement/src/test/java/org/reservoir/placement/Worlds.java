package org.reservoir.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.kernel.expression.Value;

/** Small worlds for tests: hosts by hand, or random ones with every sort of constraint. */
public final class Worlds {
    public static final long GIB = 1L << 30;

    private Worlds() {}

    public static HostView host(long id, double cpus, double gib) {
        return HostView.of(id, "node-" + id, size(cpus, gib));
    }

    public static Amounts size(double cpus, double gib) {
        return Amounts.of((long) (cpus * 1000), (long) (gib * GIB), 0);
    }

    public static Demand vee(long id, double cpus, double gib, String... groups) {
        return Demand.of(id, size(cpus, gib), groups);
    }

    public static Expression condition(String text) {
        return Expression.condition(text, HostWords.STANDARD);
    }

    public static Expression number(String text) {
        return Expression.number(text, HostWords.STANDARD);
    }

    /** Hosts in two sites of two racks, some disabled, and constraints on the groups a to g and on everyone. */
    public static Snapshot random(RandomGenerator random, int hosts) {
        var list = new ArrayList<HostView>();
        for (int h = 1; h <= hosts; h++) {
            var host = host(h, 2 + random.nextInt(6), 2 + random.nextInt(6)).in("r" + random.nextInt(2), "s" + random.nextInt(2));
            host = random.nextInt(8) == 0 ? host.disabled() : host;
            host = random.nextInt(3) == 0 ? host.labelled("ssd") : host;
            host = random.nextInt(4) == 0 ? host : host.with("country", Value.text(random.nextBoolean() ? "DE" : "FR"));
            list.add(random.nextInt(4) == 0 ? host.overcommitting(2, 1.5, 1) : host);
        }
        var levels = Level.values();
        var half = Set.copyOf(list.stream().map(HostView::id).filter(_ -> random.nextBoolean()).toList());
        var rest = list.stream().map(HostView::id).filter(id -> !half.contains(id) && random.nextInt(4) > 0).collect(Collectors.toSet());
        List<Constraint> all = List.of(new Constraint.Among("e", List.of(half, rest)), new Constraint.Lonely("f"), new Constraint.Within("g", "country", Set.of("DE")),
                new Constraint.Spread(Constraint.EVERYONE, Level.HOST, 3 + random.nextInt(5)),
                new Constraint.Spread("a", levels[random.nextInt(2)], 1 + random.nextInt(2)), new Constraint.Gather("b", levels[random.nextInt(3)]),
                new Constraint.Fence("c", half), new Constraint.Ban("d", half), new Constraint.Apart("a", "d", levels[random.nextInt(2)]),
                new Constraint.Licence("oracle", "c", random.nextInt(4), random.nextBoolean()), new Constraint.AllOrNothing("d"), new Constraint.SplitAmong("e", "g", List.of(half, rest)));
        return new Snapshot(Resource.USUAL, list, List.of(), all.stream().filter(_ -> random.nextInt(3) > 0).toList());
    }

    public static List<Demand> demands(RandomGenerator random, int count, long firstId) {
        var conditions = List.of("labels contains \"ssd\"", "free_memory >= 2 GiB", "site = \"s0\" or running < 2");
        var list = new ArrayList<Demand>();
        for (int i = 0; i < count; i++) {
            var groups = random.nextInt(3) == 0 ? new String[0] : new String[] {List.of("a", "b", "c", "d", "e", "f", "g").get(random.nextInt(7))};
            var demand = vee(firstId + i, 0.5 * (1 + random.nextInt(3)), 0.5 * (1 + random.nextInt(3)), groups);
            list.add(random.nextInt(4) == 0 ? demand.requiring(condition(conditions.get(random.nextInt(3)))) : demand);
        }
        return list;
    }
}
