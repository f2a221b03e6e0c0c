package org.reservoir.veem.image.file;

/** The work on an image was given up because its server ends: nothing is wrong with the image, and whoever takes the work over goes on with it. */
public final class Interrupted extends RuntimeException {
    private Interrupted(Throwable cause) {
        super("the work on the image was interrupted", cause);
    }

    public static Interrupted now(Throwable cause) {
        Thread.currentThread().interrupt();
        return new Interrupted(cause);
    }
}
