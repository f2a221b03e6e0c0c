package org.reservoir.placement;

/** A constraint as the search asks it: may a VEE of the group be put there, the state being what it is? */
interface Rule {
    Rule[] NONE = {};

    /** Whether no host of the range {@code first..last} comes into question. May say no for a mixed range; must be right for a single host. */
    boolean excludes(int first, int last);

    /** Why {@code host} is excluded. */
    Objection objection(int host);

    /** Whether the rule speaks only of where a group arrives: a group that must be together cannot be so at each moment of its move. */
    default boolean restsWhileMoving() {
        return false;
    }

    /** Whether it does not depend on where VEEs are. */
    default boolean lasts() {
        return false;
    }

    /** Whether a VEE that has a place must keep it. */
    default boolean roots() {
        return false;
    }

    static boolean anyExcludes(Rule[] rules, int first, int last) {
        for (var rule : rules) {
            if (rule.excludes(first, last)) {
                return true;
            }
        }
        return false;
    }
}
