package org.reservoir.placement;

/**
 * A constraint that does not hold.
 *
 * @param constraint its kind: {@code memory}, {@code spread}, …
 * @param subject    what it does not hold for; with the kind, the same violation before and after a move
 * @param excess     by how much, to tell whether a move made it worse
 * @param text       for people, with the values
 */
public record Violation(String constraint, String subject, long excess, String text) {
}
