package org.reservoir.kernel;

/** A set of users that share objects and a quota. Numbered by the site from 1; written {@code group-7}, read as {@code group-7} or {@code 7}. */
public record GroupId(long value) implements Comparable<GroupId> {
    public GroupId {
        Ids.requirePositive(value, "group");
    }

    /** @throws Refused {@code BAD_ID} when {@code text} is no such id */
    public static GroupId parse(String text) {
        return new GroupId(Ids.parse(text, "group"));
    }

    @Override
    public int compareTo(GroupId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "group-" + value;
    }
}
