package org.reservoir.kernel;

/** A lease: room for some VEEs, for a time. Numbered by the site from 1; written {@code lease-7}, read as {@code lease-7} or {@code 7}. */
public record LeaseId(long value) implements Comparable<LeaseId> {
    public LeaseId {
        Ids.requirePositive(value, "lease");
    }

    /** @throws Refused {@code BAD_ID} when {@code text} is no such id */
    public static LeaseId parse(String text) {
        return new LeaseId(Ids.parse(text, "lease"));
    }

    @Override
    public int compareTo(LeaseId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "lease-" + value;
    }
}
