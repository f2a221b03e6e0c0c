package org.reservoir.kernel;

/** A disk or CD image in the site's store. Numbered by the site from 1; written {@code image-7}, read as {@code image-7} or {@code 7}. */
public record ImageId(long value) implements Comparable<ImageId> {
    public ImageId {
        Ids.requirePositive(value, "image");
    }

    /** @throws Refused {@code BAD_ID} when {@code text} is no such id */
    public static ImageId parse(String text) {
        return new ImageId(Ids.parse(text, "image"));
    }

    @Override
    public int compareTo(ImageId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "image-" + value;
    }
}
