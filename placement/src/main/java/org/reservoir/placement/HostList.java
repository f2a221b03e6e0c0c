package org.reservoir.placement;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A rule that does not change with what runs where: some hosts are allowed, or all but some. */
final class HostList implements Rule {
    private final int[] sorted;
    private final boolean allowed;
    private final IntFunction<Objection> objection;

    private HostList(int[] sorted, boolean allowed, IntFunction<Objection> objection) {
        this.sorted = sorted;
        this.allowed = allowed;
        this.objection = objection;
    }

    static HostList fence(State state, int[] hosts, Constraint.Fence fence) {
        return new HostList(hosts, true, host -> {
            var view = state.hosts.get(host);
            return new Objection(view.id(), "fence", "%s is outside the fence %s%s".formatted(view.name(), fence.group(), because(fence.origin())),
                    lift(fence.origin(), "add %s to the fence %s".formatted(view.name(), fence.group())), 2);
        });
    }

    static HostList ban(State state, int[] hosts, Constraint.Ban ban) {
        boolean all = ban.group().equals(Constraint.EVERYONE);
        return new HostList(hosts, false, host -> {
            var view = state.hosts.get(host);
            return new Objection(view.id(), "ban", "%s is banned for %s%s".formatted(view.name(), all ? "all VEEs" : "group " + ban.group(), because(ban.origin())),
                    lift(ban.origin(), "take %s off the ban of %s".formatted(view.name(), all ? "all VEEs" : "group " + ban.group())), 2);
        });
    }

    static HostList within(State state, Constraint.Within within) {
        var hosts = IntStream.range(0, state.hosts.size()).filter(h -> within.takes(state.hosts.get(h))).toArray();
        return new HostList(hosts, true, host -> {
            var view = state.hosts.get(host);
            var where = String.join(" or ", within.values().stream().sorted().toList());
            return new Objection(view.id(), "within", "%s has the %s %s, group %s wants %s".formatted(view.name(), within.word(),
                    view.text(within.word()).orElse("(none)"), within.group(), where),
                    "let group %s be where the %s is %s too, or add a host where it is %s".formatted(within.group(), within.word(),
                            view.text(within.word()).orElse("unknown"), where), 3);
        });
    }

    private static String because(Constraint.Origin origin) {
        return origin.because().isEmpty() ? "" : ", because " + origin.because();
    }

    private static String lift(Constraint.Origin origin, String otherwise) {
        return origin.lift().isEmpty() ? otherwise : origin.lift();
    }

    @Override
    public boolean excludes(int first, int last) {
        int within = before(last + 1) - before(first);
        return allowed ? within == 0 : within == last - first + 1;
    }

    private int before(int host) {
        int at = Arrays.binarySearch(sorted, host);
        return at >= 0 ? at : -at - 1;
    }

    @Override
    public boolean lasts() {
        return true;
    }

    @Override
    public Objection objection(int host) {
        return objection.apply(host);
    }
}
