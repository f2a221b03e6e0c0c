package org.reservoir.kernel.expression;

/** What an evaluation gives: a value, or the reason why there is none. Never a silent zero. */
public sealed interface Result permits Value, Missing {
}
