package org.reservoir.kernel;

/** A virtual execution environment: one virtual machine instance. Numbered by the site from 1; written {@code vee-7}, read as {@code vee-7} or {@code 7}. */
public record VeeId(long value) implements Comparable<VeeId> {
    public VeeId {
        Ids.requirePositive(value, "vee");
    }

    /** @throws Refused {@code BAD_ID} when {@code text} is no such id */
    public static VeeId parse(String text) {
        return new VeeId(Ids.parse(text, "vee"));
    }

    @Override
    public int compareTo(VeeId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "vee-" + value;
    }
}
