package org.reservoir.kernel;

/** What runs VEEs: a libvirt host, a peer site, a public cloud. Numbered by the site from 1; written {@code host-7}, read as {@code host-7} or {@code 7}. */
public record HostId(long value) implements Comparable<HostId> {
    public HostId {
        Ids.requirePositive(value, "host");
    }

    /** @throws Refused {@code BAD_ID} when {@code text} is no such id */
    public static HostId parse(String text) {
        return new HostId(Ids.parse(text, "host"));
    }

    @Override
    public int compareTo(HostId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "host-" + value;
    }
}
