package org.reservoir.kernel;

/** Somebody who may call the site. Numbered by the site from 1; written {@code user-7}, read as {@code user-7} or {@code 7}. */
public record UserId(long value) implements Comparable<UserId> {
    public UserId {
        Ids.requirePositive(value, "user");
    }

    /** @throws Refused {@code BAD_ID} when {@code text} is no such id */
    public static UserId parse(String text) {
        return new UserId(Ids.parse(text, "user"));
    }

    @Override
    public int compareTo(UserId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "user-" + value;
    }
}
