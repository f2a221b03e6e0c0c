package org.reservoir.monitoring.probe;

/**
 * Up to which number a listener was sent measurements of a stream when it is told of it: so it learns what was lost before the first that it heard, and
 * after the last, and where a number belongs of which only the lowest bits travel.
 *
 * @param exactly or at least: some may still be on their way behind the word
 */
public record Reached(long number, boolean exactly) {
    /** Nothing is said: at least none were. */
    public static final Reached UNKNOWN = new Reached(0, false);

    public static Reached exactly(long number) {
        return new Reached(number, true);
    }

    /** The same, when so many may not have been sent yet. */
    public Reached butFor(int waiting) {
        return new Reached(Math.max(0, number - waiting), false);
    }
}
