package org.reservoir.kernel;

/** A manifest brought to life. Numbered by the site from 1; written {@code service-7}, read as {@code service-7} or {@code 7}. */
public record ServiceId(long value) implements Comparable<ServiceId> {
    public ServiceId {
        Ids.requirePositive(value, "service");
    }

    /** @throws Refused {@code BAD_ID} when {@code text} is no such id */
    public static ServiceId parse(String text) {
        return new ServiceId(Ids.parse(text, "service"));
    }

    @Override
    public int compareTo(ServiceId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "service-" + value;
    }
}
