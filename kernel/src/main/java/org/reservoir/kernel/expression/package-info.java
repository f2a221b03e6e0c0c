/**
 * The one expression language of the house: typed, with units, aggregates over time windows and decimal numbers.
 * Placement requirements and ranks, elasticity and business rules and the conditions of tariffs are all written in it.
 *
 * <pre>{@code
 * free_memory >= 2 GiB and labels contains "ssd" and hostname matches "node-*"
 * avg(sessions, 5m) / instances(web) > 400 and hour() in [8, 9, 10]
 * }</pre>
 *
 * <p>{@code Expression.parse(text, vocabulary)} checks names, types and units before anything runs; an expression that was
 * parsed cannot fail when it is evaluated, it can only lack data, and says so ({@link org.reservoir.kernel.expression.Missing}).
 * The package knows no clock and does no I/O: what it knows of the world it asks of an
 * {@link org.reservoir.kernel.expression.Environment}. A foreign grammar (OpenNebula's, say) may build the same
 * {@link org.reservoir.kernel.expression.Node}s.
 *
 * <p>Read first: {@link org.reservoir.kernel.expression.Expression}, {@link org.reservoir.kernel.expression.Vocabulary},
 * {@link org.reservoir.kernel.expression.Node}.
 *
 * <p>Grammar, weakest binding first ({@code =} may be written {@code ==}):
 * <pre>
 * expression := and { "or" and }
 * and        := not { "and" not }
 * not        := "not" not | comparison
 * comparison := sum [ ("=" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=" | "in" | "contains" | "matches") sum ]
 * sum        := product { ("+" | "-") product }
 * product    := sign { ("*" | "/") sign }
 * sign       := "-" sign | primary
 * primary    := number [unit] | "text" | true | false | name | name "(" arguments ")" | "[" list "]" | "(" expression ")"
 * unit       := % | ms s m h d w | B kB MB GB TB PB KiB MiB GiB TiB PiB
 * name       := letter { letter | digit | "_" | "." } | `any characters`
 * </pre>
 */
package org.reservoir.kernel.expression;
