package org.reservoir.placement;

import java.util.Set;
import org.reservoir.kernel.Refused;

/**
 * What every placement must keep, as data. Capacity, usability and a demand's own requirements always hold besides.
 * {@link Checker} judges every plan by these; solvers have views of their own. Groups are the names in {@link Demand#groups}.
 */
public sealed interface Constraint {
    String group();

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
    record Fence(String group, Set<Long> hosts) implements Constraint {
        public Fence {
            hosts = Set.copyOf(hosts);
        }
    }

    /** Never on these hosts. */
    record Ban(String group, Set<Long> hosts) implements Constraint {
        public Ban {
            hosts = Set.copyOf(hosts);
        }
    }

    /** No member of the group in a location that holds one of {@code other}, and the other way round. */
    record Apart(String group, String other, Level level) implements Constraint {}

    /** A counted licence: at most {@code seats} members placed at once, or, per host, members on at most {@code seats} hosts. */
    record Licence(String name, String group, int seats, boolean perHost) implements Constraint {
        public Licence {
            if (seats < 0) {
                throw Refused.invalid("BAD_CONSTRAINT", "Licence %s: %d seats.".formatted(name, seats), "");
            }
        }
    }

    /** Members that have a place keep it. */
    record Root(String group) implements Constraint {}

    /** Either all members have a place or none: what an elasticity rule asks for as one. */
    record AllOrNothing(String group) implements Constraint {}
}
