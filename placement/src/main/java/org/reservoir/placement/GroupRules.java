package org.reservoir.placement;

/** Rules that look at where the members of groups are. */
final class GroupRules {
    private GroupRules() {}

    private static long id(State state, int host) {
        return state.hosts.get(host).id();
    }

    private static String where(State state, Level level, int host) {
        var view = state.hosts.get(host);
        return switch (level) {
            case HOST -> view.name();
            case RACK -> "rack " + view.rack();
            case SITE -> "site " + view.site();
        };
    }

    private static String named(String group) {
        return group.equals(Constraint.EVERYONE) ? "all VEEs" : "group " + group;
    }

    record Spread(State state, int group, Constraint.Spread data, int[] at) implements Rule {
        @Override
        public boolean excludes(int first, int last) {
            return at[first] == at[last] && state.members.of(group, at[first]) >= data.atMost();
        }

        @Override
        public Objection objection(int host) {
            var where = where(state, data.level(), host);
            return new Objection(id(state, host), "spread", "%s holds %d of %s already, at most %d may be in one %s".formatted(where,
                    state.members.of(group, at[host]), named(data.group()), data.atMost(), data.level()),
                    "move one of %s away from %s, or allow more of them in one %s".formatted(named(data.group()), where, data.level()), 1);
        }
    }

    record Gather(State state, int group, Constraint.Gather data, int[] at, int[] placed) implements Rule {
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
            return new Objection(id(state, host), "gather", "group %s is together in another %s than %s".formatted(data.group(), data.level(),
                    where(state, data.level(), host)), "make room where group %s is, or move the group".formatted(data.group()), 1.5);
        }
    }

    record Among(State state, int group, Constraint.Among data, int[] parts, int[] placed) implements Rule {
        @Override
        public boolean excludes(int first, int last) {
            return first == last && (parts[first] == State.NOWHERE || placed[group] > 0 && state.members.of(group, parts[first]) == 0);
        }

        @Override
        public boolean restsWhileMoving() {
            return true;
        }

        @Override
        public Objection objection(int host) {
            var name = state.hosts.get(host).name();
            return new Objection(id(state, host), "among", parts[host] == State.NOWHERE ? "%s is in none of the parts that group %s may be in".formatted(name, data.group())
                    : "group %s is in another part than %s".formatted(data.group(), name),
                    "make room in the part where group %s is, or move the group".formatted(data.group()), 1.5);
        }
    }

    /** @param other the group that has a part for itself, named {@code name} */
    record InAnotherPart(State state, int other, String name, int[] parts) implements Rule {
        @Override
        public boolean excludes(int first, int last) {
            return first == last && parts[first] != State.NOWHERE && state.members.of(other, parts[first]) > 0;
        }

        @Override
        public boolean restsWhileMoving() {
            return true;
        }

        @Override
        public Objection objection(int host) {
            var where = state.hosts.get(host).name();
            return new Objection(id(state, host), "split among", "%s is in the part where group %s is".formatted(where, name), "make room in another part, or move group %s".formatted(name), 1.5);
        }
    }

    /** @param other the group to keep apart from, named {@code name} */
    record Apart(State state, int other, String name, Level level, int[] at) implements Rule {
        @Override
        public boolean excludes(int first, int last) {
            return at[first] == at[last] && state.members.of(other, at[first]) > 0;
        }

        @Override
        public Objection objection(int host) {
            var where = where(state, level, host);
            return new Objection(id(state, host), "apart", "%s holds group %s, which must be apart".formatted(where, name), "move group %s away from %s".formatted(name, where), 1);
        }
    }

    /** For the members of a lonely group. */
    record Alone(State state, int group, String name) implements Rule {
        @Override
        public boolean excludes(int first, int last) {
            return first == last && state.running(first) > state.members.of(group, first);
        }

        @Override
        public Objection objection(int host) {
            var view = state.hosts.get(host);
            int others = state.running(host) - state.members.of(group, host);
            return new Objection(view.id(), "lonely", "%s holds %d VEEs that are not of group %s, which is to be alone".formatted(view.name(), others, name),
                    "move these %d VEEs away from %s".formatted(others, view.name()), others);
        }
    }

    /** For all others: not to where the lonely group is. */
    record KeepAway(State state, int group, String name) implements Rule {
        @Override
        public boolean excludes(int first, int last) {
            return first == last && state.members.of(group, first) > 0;
        }

        @Override
        public Objection objection(int host) {
            var view = state.hosts.get(host);
            return new Objection(view.id(), "lonely", "%s holds group %s, which is to be alone".formatted(view.name(), name), "move group %s away from %s".formatted(name, view.name()), 1.5);
        }
    }

    record Licence(State state, int group, Constraint.Licence data, int[] placed, int[] hostsUsed) implements Rule {
        @Override
        public boolean excludes(int first, int last) {
            if (data.perHost()) {
                return hostsUsed[group] >= data.seats() && first == last && state.members.of(group, first) == 0;
            }
            return placed[group] >= data.seats();
        }

        @Override
        public Objection objection(int host) {
            return new Objection(id(state, host), "licence", data.full(),
                    "one more seat of licence %s, or %s".formatted(data.name(), data.perHost() ? "room on a host that has one" : "the end of a VEE that has one"), 2);
        }
    }

    /** Who has a place keeps it: a question of where a VEE comes from, which the {@link Checker} and solvers ask. As a first place every host will do. */
    record Rooted(State state, String name) implements Rule {
        @Override
        public boolean excludes(int first, int last) {
            return false;
        }

        @Override
        public boolean roots() {
            return true;
        }

        @Override
        public Objection objection(int host) {
            return new Objection(id(state, host), "root", "group %s keeps its places".formatted(name), "let group %s move".formatted(name), 2);
        }
    }
}
