package org.reservoir.kernel.expression;

/**
 * There is no value. {@code false and missing} is false and {@code true or missing} is true (Kleene's logic); everything
 * else that touches a missing value is missing.
 *
 * @param why for people: {@code "no sample of sessions in the last 5m"}
 */
public record Missing(String why) implements Result {
}
