package org.reservoir.placement;

import java.util.List;
import java.util.Set;
import org.reservoir.kernel.Refused;

/**
 * What every placement must keep, as data. Capacity, usability and a demand's own requirements always hold besides.
 * {@link Checker} judges every plan by these; solvers have views of their own. Groups are the names in {@link Demand#groups},
 * and {@link #EVERYONE}. The vocabulary is BtrPlace's (Hermenier, Lawall, Muller 2013), with levels added: its Split is
 * {@link Apart}, its SplitAmong one of ours for each pair of groups, its Offline a {@link Ban} of everyone, its RunningCapacity a {@link Spread} of everyone, its MaxOnline a
 * {@link Licence} per host of everyone.
 */
public sealed interface Constraint {
    /** The group that every VEE belongs to: {@code new Ban(EVERYONE, hosts)} wants hosts empty, for their maintenance. */
    String EVERYONE = "*";

    String group();

    /** Whom it speaks of. */
    default boolean binds(Demand demand) {
        return group().equals(EVERYONE) || demand.groups().contains(group());
    }

    /**
     * Where a constraint comes from and what would lift it, for people who meet it.
     *
     * @param because follows the word "because": {@code "a deploy failed there"}; may be empty
     * @param lift    what to do: {@code "retry the VEE with 'reservoir vee recover --way retry'"}; may be empty
     */
    record Origin(String because, String lift) {
        public static final Origin UNSAID = new Origin("", "");
    }

    /** Anti-affinity: at most {@code atMost} members of the group in one location of the level. */
    record Spread(String group, Level level, int atMost) implements Constraint {
        public Spread {
            if (atMost < 1) {
                throw Refused.invalid("BAD_CONSTRAINT", "Spread of %s: at most %d per %s leaves no place at all.".formatted(group, atMost, level), "");
            }
        }

        public Spread(String group, Level level) {
            this(group, level, 1);
        }
    }

    /** Affinity: all members in one location of the level. */
    record Gather(String group, Level level) implements Constraint {}

    /** Only on these hosts. */
    record Fence(String group, Set<Long> hosts, Origin origin) implements Constraint {
        public Fence {
            hosts = Set.copyOf(hosts);
        }

        public Fence(String group, Set<Long> hosts) {
            this(group, hosts, Origin.UNSAID);
        }
    }

    /** Never on these hosts. */
    record Ban(String group, Set<Long> hosts, Origin origin) implements Constraint {
        public Ban {
            hosts = Set.copyOf(hosts);
        }

        public Ban(String group, Set<Long> hosts) {
            this(group, hosts, Origin.UNSAID);
        }
    }

    /** Geography, or whatever else hosts are marked with: only where the attribute {@code word} is one of these texts. A host without the word does not come into question. */
    record Within(String group, String word, Set<String> values) implements Constraint {
        public Within {
            values = Set.copyOf(values);
        }

        public boolean takes(HostView host) {
            return host.text(word).filter(values::contains).isPresent();
        }
    }

    /** All members on hosts of one and the same part. */
    record Among(String group, List<Set<Long>> parts) implements Constraint {
        public Among {
            parts = parts.stream().map(Set::copyOf).toList();
            if (parts.stream().mapToInt(Set::size).sum() != parts.stream().flatMap(Set::stream).distinct().count()) {
                throw Refused.invalid("BAD_CONSTRAINT", "Among for %s: a host is in two parts.".formatted(group), "");
            }
        }
    }

    /** Two groups in two different parts, each whole in its own; of more groups one for each pair. */
    record SplitAmong(String group, String other, List<Set<Long>> parts) implements Constraint {
        public SplitAmong {
            parts = new Among(group, parts).parts();
            if (group.equals(other) || group.equals(EVERYONE) || other.equals(EVERYONE)) {
                throw Refused.invalid("BAD_CONSTRAINT", "Split among parts of %s and %s: these are not two groups.".formatted(group, other), "");
            }
        }

        /** What each of both has to keep for itself. */
        public List<Among> each() {
            return List.of(new Among(group, parts), new Among(other, parts));
        }
    }

    /** Where a member is there are members only. */
    record Lonely(String group) implements Constraint {}

    /** No member of the group in a location that holds one of {@code other}, and the other way round. */
    record Apart(String group, String other, Level level) implements Constraint {}

    /** A counted licence: at most {@code seats} members placed at once, or, per host, members on at most {@code seats} hosts. */
    record Licence(String name, String group, int seats, boolean perHost) implements Constraint {
        public Licence {
            if (seats < 0) {
                throw Refused.invalid("BAD_CONSTRAINT", "Licence %s: %d seats.".formatted(name, seats), "");
            }
        }

        /** What is said to who finds no seat. */
        public String full() {
            return switch (seats) {
                case 0 -> "licence %s has no seats".formatted(name);
                case 1 -> "the only seat of licence %s is taken%s".formatted(name, perHost ? ", by another host" : "");
                default -> "all %d seats of licence %s are taken%s".formatted(seats, name, perHost ? ", by other hosts" : "");
            };
        }
    }

    /** Members that have a place keep it. */
    record Root(String group) implements Constraint {}

    /** Either all members have a place or none: what an elasticity rule asks for as one. */
    record AllOrNothing(String group) implements Constraint {}
}
