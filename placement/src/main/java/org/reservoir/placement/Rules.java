package org.reservoir.placement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The constraints as greedy and search see them: by group, each able to exclude a whole range of hosts at once. */
final class Rules {
    private final State state;
    private final List<List<Rule>> byGroup = new ArrayList<>();
    private final int[] placed;
    private final int[] hostsUsed;

    Rules(State state, List<Constraint> constraints) {
        this.state = state;
        placed = new int[state.groups()];
        hostsUsed = new int[state.groups()];
        for (int g = 0; g < state.groups(); g++) {
            byGroup.add(new ArrayList<>());
        }
        constraints.forEach(this::add);
    }

    private void add(Constraint constraint) {
        int group = state.groupNamed(constraint.group());
        switch (constraint) {
            case Constraint.Spread spread -> byGroup.get(group).add(new Spread(group, spread));
            case Constraint.Gather gather -> byGroup.get(group).add(new Gather(group, gather));
            case Constraint.Fence fence -> byGroup.get(group).add(new Listed("fence", hosts(fence.hosts()), true));
            case Constraint.Ban ban -> byGroup.get(group).add(new Listed("ban", hosts(ban.hosts()), false));
            case Constraint.Licence licence -> byGroup.get(group).add(new Licence(group, licence));
            case Constraint.Apart apart -> {
                int other = state.groupNamed(apart.other());
                byGroup.get(group).add(new Apart(other, apart.other(), apart.level()));
                byGroup.get(other).add(new Apart(group, apart.group(), apart.level()));
            }
            case Constraint.Root _, Constraint.AllOrNothing _ -> { }
        }
    }

    private int[] hosts(Set<Long> ids) {
        return ids.stream().mapToInt(state::hostIndex).filter(h -> h >= 0).sorted().toArray();
    }

    Rule[] of(int[] groups) {
        if (groups.length == 0) {
            return Rule.NONE;
        }
        return Arrays.stream(groups).mapToObj(byGroup::get).flatMap(List::stream).toArray(Rule[]::new);
    }

    int placed(int group) {
        return placed[group];
    }

    void count(int group, int host, int sign) {
        placed[group] += sign;
        for (var locations : state.locationOf) {
            int now = state.members.add(group, locations[host], sign);
            if (locations == state.locationOf[0] && now == (sign > 0 ? 1 : 0)) {
                hostsUsed[group] += sign;
            }
        }
    }

    private int[] locations(Level level) {
        return state.locationOf[level.ordinal()];
    }

    private String where(Level level, int host) {
        var view = state.hosts.get(host);
        return switch (level) {
            case HOST -> view.name();
            case RACK -> "rack " + view.rack();
            case SITE -> "site " + view.site();
        };
    }

    private final class Spread implements Rule {
        private final int group;
        private final Constraint.Spread data;
        private final int[] at;

        Spread(int group, Constraint.Spread data) {
            this.group = group;
            this.data = data;
            this.at = locations(data.level());
        }

        @Override
        public boolean excludes(int first, int last) {
            return at[first] == at[last] && state.members.of(group, at[first]) >= data.atMost();
        }

        @Override
        public Objection objection(int host) {
            var where = where(data.level(), host);
            return new Objection(state.hosts.get(host).id(), "spread", "%s holds %d of group %s already, at most %d may be in one %s".formatted(where,
                    state.members.of(group, at[host]), data.group(), data.atMost(), data.level()),
                    "move one of group %s away from %s, or allow more of them in one %s".formatted(data.group(), where, data.level()), 1);
        }
    }

    private final class Gather implements Rule {
        private final int group;
        private final Constraint.Gather data;
        private final int[] at;

        Gather(int group, Constraint.Gather data) {
            this.group = group;
            this.data = data;
            this.at = locations(data.level());
        }

        @Override
        public boolean excludes(int first, int last) {
            return placed[group] > 0 && at[first] == at[last] && state.members.of(group, at[first]) == 0;
        }

        @Override
        public boolean restsWhileMoving() {
            return true;
        }

        @Override
        public Objection objection(int host) {
            return new Objection(state.hosts.get(host).id(), "gather", "group %s is together in another %s than %s".formatted(data.group(), data.level(),
                    where(data.level(), host)), "make room where group %s is, or move the group".formatted(data.group()), 1.5);
        }
    }

    private final class Apart implements Rule {
        private final int other;
        private final String name;
        private final Level level;
        private final int[] at;

        Apart(int other, String name, Level level) {
            this.other = other;
            this.name = name;
            this.level = level;
            this.at = locations(level);
        }

        @Override
        public boolean excludes(int first, int last) {
            return at[first] == at[last] && state.members.of(other, at[first]) > 0;
        }

        @Override
        public Objection objection(int host) {
            return new Objection(state.hosts.get(host).id(), "apart", "%s holds group %s, which must be apart".formatted(where(level, host), name),
                    "move group %s away from %s".formatted(name, where(level, host)), 1);
        }
    }

    private final class Listed implements Rule {
        private final String kind;
        private final int[] sorted;
        private final boolean allowed;

        Listed(String kind, int[] sorted, boolean allowed) {
            this.kind = kind;
            this.sorted = sorted;
            this.allowed = allowed;
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
        public Objection objection(int host) {
            var view = state.hosts.get(host);
            return new Objection(view.id(), kind, allowed ? view.name() + " is outside the fence" : view.name() + " is banned",
                    allowed ? "add %s to the fence".formatted(view.name()) : "lift the ban of %s".formatted(view.name()), 2);
        }
    }

    private final class Licence implements Rule {
        private final int group;
        private final Constraint.Licence data;

        Licence(int group, Constraint.Licence data) {
            this.group = group;
            this.data = data;
        }

        @Override
        public boolean excludes(int first, int last) {
            if (data.perHost()) {
                return hostsUsed[group] >= data.seats() && first == last && state.members.of(group, first) == 0;
            }
            return placed[group] >= data.seats();
        }

        @Override
        public Objection objection(int host) {
            return new Objection(state.hosts.get(host).id(), "licence", "all %d seats of licence %s are taken".formatted(data.seats(), data.name()),
                    "one more seat of licence %s".formatted(data.name()), 2);
        }
    }
}
