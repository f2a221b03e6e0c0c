package org.reservoir.kernel;

/** A virtual network. Numbered by the site from 1; written {@code network-7}, read as {@code network-7} or {@code 7}. */
public record NetworkId(long value) implements Comparable<NetworkId> {
    public NetworkId {
        Ids.requirePositive(value, "network");
    }

    /** @throws Refused {@code BAD_ID} when {@code text} is no such id */
    public static NetworkId parse(String text) {
        return new NetworkId(Ids.parse(text, "network"));
    }

    @Override
    public int compareTo(NetworkId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "network-" + value;
    }
}
