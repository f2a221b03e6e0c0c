package org.reservoir.kernel;

/** A named description from which VEEs are made. Numbered by the site from 1; written {@code template-7}, read as {@code template-7} or {@code 7}. */
public record TemplateId(long value) implements Comparable<TemplateId> {
    public TemplateId {
        Ids.requirePositive(value, "template");
    }

    /** @throws Refused {@code BAD_ID} when {@code text} is no such id */
    public static TemplateId parse(String text) {
        return new TemplateId(Ids.parse(text, "template"));
    }

    @Override
    public int compareTo(TemplateId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "template-" + value;
    }
}
