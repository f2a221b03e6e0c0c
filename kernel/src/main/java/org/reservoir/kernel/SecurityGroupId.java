package org.reservoir.kernel;

/** A set of traffic rules that NICs refer to. Numbered by the site from 1; written {@code secgroup-7}, read as {@code secgroup-7} or {@code 7}. */
public record SecurityGroupId(long value) implements Comparable<SecurityGroupId> {
    public SecurityGroupId {
        Ids.requirePositive(value, "secgroup");
    }

    /** @throws Refused {@code BAD_ID} when {@code text} is no such id */
    public static SecurityGroupId parse(String text) {
        return new SecurityGroupId(Ids.parse(text, "secgroup"));
    }

    @Override
    public int compareTo(SecurityGroupId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "secgroup-" + value;
    }
}
